import {
  type AnyActorRef,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  createActor,
  type InputFrom,
  waitFor
} from 'xstate'

/** How long is waited. */
export interface PlayOptions<Input = unknown> {
  /** Milliseconds, 10000 by default. */
  timeout?: number
  /** Ends the waiting. */
  signal?: AbortSignal
  /** What a machine is started with. */
  input?: Input
}

/** What is read of a durable run. */
interface PlayedRun {
  events(options: { after: number; signal: AbortSignal }): AsyncIterable<{ type: string }>
}

/**
 * Plays a machine, an actor or a durable run until it is in a state.
 *
 * @param target a machine, which is started; an actor; or a run of `troupe/runtime`
 * @param state of a machine or actor the path, `running.active`; of a run its status or state, `awaiting_input`
 * @returns the actor of a machine, the actor, or the run
 * @throws where it ends in another state, or the time is over
 * @example
 * await playUntil(await troupe.start('desk', 'Refund order 7'), 'awaiting_input')
 */
export function playUntil<Machine extends AnyStateMachine>(
  target: Machine,
  state: string,
  options?: PlayOptions<InputFrom<Machine>>
): Promise<AnyActorRef>
export function playUntil<Target extends AnyActorRef | PlayedRun>(
  target: Target,
  state: string,
  options?: PlayOptions
): Promise<Target>
export async function playUntil(
  target: AnyStateMachine | AnyActorRef | PlayedRun,
  state: string,
  { timeout = 10_000, signal, input }: PlayOptions = {}
): Promise<unknown> {
  const limit = AbortSignal.timeout(timeout)
  const ended = signal ? AbortSignal.any([signal, limit]) : limit
  if ('events' in target && typeof target.events === 'function')
    return playRun(target as PlayedRun, state, ended)
  const actor =
    'getSnapshot' in target ? target : createActor(target as AnyStateMachine, { input: input as never })
  const is = (snapshot: AnyMachineSnapshot) => snapshot.matches(stateAt(state) as never)
  const reached = waitFor(actor as AnyActorRef, is, { timeout: Number.POSITIVE_INFINITY, signal: ended })
  if (actor !== target) (actor as { start(): unknown }).start()
  await reached
  return actor
}

async function playRun(run: PlayedRun, state: string, signal: AbortSignal): Promise<PlayedRun> {
  let last = 'created'
  for await (const event of run.events({ after: 0, signal })) {
    if (event.type !== 'status') continue
    const { status, state: path } = event as { type: string; status: string; state: string }
    if (status === state || path === state) return run
    last = status
  }
  signal.throwIfAborted()
  throw new Error(`The run ended as "${last}" and was never "${state}".`)
}

/** The value of a state by its path. */
function stateAt(path: string): unknown {
  const [first, ...rest] = path.split('.')
  return rest.length ? { [first!]: stateAt(rest.join('.')) } : first
}

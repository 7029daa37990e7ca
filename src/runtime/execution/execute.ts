import { type Actor, createActor, type InspectionEvent } from 'xstate'
import type { ChatMessage } from '../../machines/messages/index.ts'
import type { RunOutput } from '../../machines/run.ts'
import { failureOf } from '../../machines/shared/outcome.ts'
import type { RunLimits } from '../../protocol/run-options.ts'
import { statePath, statusOf } from '../../protocol/run-status.ts'
import type { RunnableTeam } from '../contract/agent.ts'
import { guarded } from '../contract/guards.ts'
import { type Hooks, RunHooks } from '../contract/hooks.ts'
import type { JournalWriter } from '../journal/entries.ts'
import type { Recording, ReplayEvents } from '../journal/replayer.ts'
import type { Network } from '../network/network.ts'
import { type Clock, systemClock } from '../shared/clock.ts'
import { Scheduler } from '../shared/scheduler.ts'
import type { ActivityScope } from '../shared/telemetry/activity.ts'
import { charts } from './charts.ts'
import { type LimitEnd, LimitWatch, strictest } from './limit-watch.ts'
import { RunContext, type RunObserver, setRunContext } from './run-context.ts'

/** How long a cancelled run waits for effects that ignore their signal, in milliseconds. */
const GRACE = 50

type Env = Readonly<Record<string, string | undefined>>

/** A replay: the run's journal so far, and what follows from it. */
interface Replay {
  recording: Recording
  events: ReplayEvents
}

/** What a run is executed for: the same charts each time, with another world around them. */
export type ExecutionMode =
  /** In a program of its own: effects are performed, and nothing is recorded. */
  | { kind: 'library'; clock?: Clock; env?: Env }
  /** A durable run: effects are performed and recorded; what was recorded before is replayed first. */
  | { kind: 'live'; clock: Clock; scheduler: Scheduler; env: Env; journal: JournalWriter; replay?: Replay }
  /** To be inspected: a recording is replayed as it grows, and nothing is performed. */
  | { kind: 'shadow'; replay: Replay; inspect(event: InspectionEvent): void }
  /** To know a team's state: a recording is replayed to its end, and nothing is performed. */
  | { kind: 'state-at'; clock: Clock; replay: Replay }

export interface ExecuteOptions {
  mode: ExecutionMode
  /** The team, or how it is loaded when the run opens; a team that was loaded is closed when the run ends. */
  team: RunnableTeam | (() => Promise<RunnableTeam>)
  /** Null continues the team's previous task. */
  task: readonly ChatMessage[] | null
  observer: RunObserver
  /** What the program gives its tools. */
  context?: unknown
  /** Names the run in idempotency keys. */
  id?: string
  /** Whether the messages of the task are published. */
  showTask?: boolean
  /** A UUID from which the ids of the run follow. */
  seed?: string
  /** Under what its turns are followed, for metrics and traces. */
  activity?: ActivityScope
  /** What its models' requests go through; the usual one, where it is not said. */
  network?: Network
  /** What ends the run, before what its team says, and how. */
  limits?: { limits?: RunLimits | undefined; began: number; end: LimitEnd }
  /** Hear what the run does, besides the hooks of its team. */
  on?: Hooks | undefined
  /** The id of a durable run, for hooks. */
  run?: number
  /** Keeps the results of effects of a run inside of a tool call, and has those that are kept already. */
  once?: <T>(key: string, run: () => Promise<T>) => Promise<T>
}

/** A run that is executed: its root actor, its context, and its output. */
export interface Execution {
  actor: Actor<typeof charts.run>
  context: RunContext
  ended: Promise<RunOutput>
}

// Every timer of a replay has fired already.
const instantClock: Clock = { ...systemClock, setTimeout: (fire) => systemClock.setTimeout(fire, 0) }

/** The clock, the environment and the journal that a mode gives a run. */
function surroundings(mode: ExecutionMode) {
  const scheduler = mode.kind === 'live' ? mode.scheduler : new Scheduler()
  if (mode.kind === 'shadow') return { scheduler, clock: instantClock, env: {} }
  const { clock = systemClock } = mode
  if (mode.kind === 'state-at') return { scheduler, clock, env: {} }
  if (mode.kind === 'library') return { scheduler, clock, env: mode.env ?? process.env }
  return { scheduler, clock, env: mode.env, journal: mode.journal }
}

/** Starts a run: makes its context and its root actor. What the team remembers is in the team when the run has ended. */
export function execute({ mode, team: source, task, observer, ...options }: ExecuteOptions): Execution {
  const {
    id: name = crypto.randomUUID(),
    seed,
    activity,
    network,
    once,
    limits,
    on,
    run,
    context: given,
    showTask = true
  } = options
  const replay = mode.kind === 'library' ? undefined : mode.replay
  const opened: Opened = { task: null }
  const hooks = on && new RunHooks(run, on)
  const open = async () => {
    await openTeam({ team: source, task, limits }, context, opened)
    const { on: ofTeam } = opened.team!
    if (!ofTeam) return
    if (hooks) return hooks.add(ofTeam)
    tellStatus(actor, context, context.hookBy(new RunHooks(run, ofTeam)))
  }
  const { clock, ...rest } = surroundings(mode)
  const context = new RunContext({
    ...{ name, clock, ...rest, observer, open, seed, activity, network, once, context: given },
    performs: mode.kind === 'library' || mode.kind === 'live',
    recording: replay?.recording
  })
  const closeLoaded = () => typeof source === 'function' && void opened.team?.close().catch(() => {})
  const actor = createActor(charts.run, {
    input: { grace: GRACE, team: () => ({ ...opened.team!.enter(context, 'team', opened.task), showTask }) },
    clock,
    inspect: mode.kind === 'shadow' ? mode.inspect : undefined
  })
  setRunContext(actor.system, context)
  const ended = new Promise<RunOutput>((resolve) => {
    const end = (output: RunOutput) => {
      context.endWatch()
      // A team that was given up is left as it was at its last whole turn.
      if (output.progress) opened.team!.progress = output.progress
      resolve(output)
      closeLoaded()
    }
    actor.subscribe({
      complete: () => {
        const { output } = actor.getSnapshot()
        context.endWatch()
        // An actor that was stopped from outside has none.
        if (output) end(output)
        else closeLoaded()
      },
      error: (error) => end({ outcome: { failure: failureOf(error) }, progress: null })
    })
  })
  actor.start()
  actor.send({ type: 'start' })
  if (hooks) tellStatus(actor, context, context.hookBy(hooks))
  if (replay) context.startReplay(replay.events)
  return { actor, context, ended }
}

/** What a run has once it is open: its team, and its task as guards let it pass. */
interface Opened {
  team?: RunnableTeam
  task: readonly ChatMessage[] | null
}

/** Loads the team, and has its limits and guards hold from now on. */
async function openTeam(
  { team: source, task, limits }: Pick<ExecuteOptions, 'team' | 'task' | 'limits'>,
  context: RunContext,
  opened: Opened
): Promise<void> {
  const team = typeof source === 'function' ? await source() : source
  opened.team = team
  team.check()
  context.guardBy(team.guards ?? [])
  opened.task = task && (await guardedTask(task, context))
  const all = strictest(team.limits, limits?.limits)
  if (limits && Object.keys(all).length > 0)
    context.watch(new LimitWatch({ ...limits, limits: all, clock: context.clock }))
}

/** A task as guards let it pass; what was said of it before is said again. Throws `guard_refused`. */
async function guardedTask(
  task: readonly ChatMessage[],
  context: RunContext
): Promise<readonly ChatMessage[]> {
  const guards = context.guards('input')
  if (guards.length === 0) return task
  const { signal } = new AbortController()
  const passed = task.map(async (message) => {
    if (context.isRecorded(message.id)) return context.recordedMessage(message)
    return context.performsEffects ? guarded(message, guards, { context: context.context, signal }) : message
  })
  return Promise.all(passed)
}

/** Has hooks hear of each status that the run comes to anew; a replay is none. */
function tellStatus(actor: Actor<typeof charts.run>, context: RunContext, hooks: RunHooks): void {
  let last: string | undefined
  actor.subscribe({
    next({ value }) {
      const state = statePath(value)
      const status = statusOf(state)
      const isNew = status !== last
      last = status
      if (isNew && !context.replay) hooks.call('status', { status, state })
    },
    error: () => {}
  })
}

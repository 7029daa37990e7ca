import { TroupeError } from '../../protocol/errors.ts'
import { isFinal, type RunStatus } from '../../protocol/run-status.ts'
import type { Runtime } from '../../runtime/host/runtime.ts'
import type { RunRow } from '../../runtime/store/store.ts'
import type { TaskResult } from '../../runtime/team/task-result.ts'
import { Ask } from './ask.ts'
import { editedState, type ForkEdit } from './fork-edit.ts'
import { keepAlive } from './keep-alive.ts'
import { type EventsOptions, type Leavers, type RunEvent, runEvents } from './run-events.ts'
import { resultOf } from './run-result.ts'

/** What all runs of a program share. */
export interface RunServices {
  readonly runtime: Runtime
  readonly leavers: Leavers
  /** Starts another run in the session of one. */
  startFrom(run: RunRow, edited: { state: Record<string, unknown>; task: unknown }): Promise<number>
}

/** Where a run of another team or task begins. */
export interface ForkOptions {
  /** The turn at whose end the new run begins; 0 is the task. `run.turns()` lists them. */
  turn: number
  /** What is different there; without it the new run has the whole log up to that turn. */
  edit?: ForkEdit
}

/** How a run is stopped. */
export interface StopOptions {
  reason?: string
  /** After the present turn, and complete; else what is under way is aborted. */
  graceful?: boolean
}

/** The end of a turn. */
export interface TurnInfo {
  /** From 0, the task. */
  turn: number
  /** The number of the last frame before it ended. */
  seq: number
  speakers: readonly string[]
  at: Date
}

/** A durable run: a handle that any process with the same store can make again from its id. */
export class Run<Output = unknown> {
  readonly id: number
  /** The user that it belongs to; null where it was started without one. */
  readonly user: string | null
  readonly createdAt: Date
  #row: RunRow
  readonly #services: RunServices

  constructor(services: RunServices, row: RunRow) {
    this.#services = services
    this.#row = row
    this.id = row.id
    this.user = row.user_id
    this.createdAt = new Date(row.created_at)
  }

  /** Where it stands: as it is now where the run is in memory, else as it was when this handle was last used. */
  get status(): RunStatus {
    return this.#services.runtime.loaded.get(this.id)?.status ?? this.#row.status
  }

  /**
   * The frames of the run, typed as in PROTOCOL.md: those that are stored first, then as they come until the run ends.
   * Leaving the loop changes nothing for the run.
   *
   * @param options `after`: the `seq` of the last frame that is known already; all frames unless told
   * @throws `bad_cursor` where there is no such frame yet
   */
  events(options: EventsOptions = {}): AsyncGenerator<RunEvent, void, void> {
    const { runtime, leavers } = this.#services
    return runEvents(runtime, this.id, options, leavers)
  }

  /** Its open questions, oldest first. */
  async pending(): Promise<Ask<Run>[]> {
    const { runtime } = this.#services
    const { pending_input } = await runtime.info(await this.#read())
    return pending_input.map((pending) => new Ask<Run>(runtime, this as Run, pending))
  }

  /** Holds the run before its next model or tool call. Resolves when that is stored. Throws `not_started` where it is over. */
  async pause(): Promise<void> {
    const live = await this.#services.runtime.getOrWake(this.id)
    live.pause()
    await live.flushed()
  }

  /** Lets a run that was paused go on exactly where it stood. Resolves when that is stored. */
  async resume(): Promise<void> {
    const live = await this.#services.runtime.getOrWake(this.id)
    live.resume()
    await live.flushed()
  }

  /** Ends the run, and resolves when it has ended; one that is over already stays as it is. */
  async stop(options: string | StopOptions = {}): Promise<void> {
    const { reason, graceful } = typeof options === 'string' ? { reason: options, graceful: false } : options
    const { runtime } = this.#services
    const row = await this.#read()
    if (isFinal(row.status)) return
    if (graceful) {
      const live = await runtime.getOrWake(this.id)
      live.stopGracefully()
      await live.ended
    } else await runtime.stop(this.id, reason || 'The program has stopped the run.')
    await this.#read()
  }

  /**
   * Makes a run that goes on from the end of a turn of this one, and starts it. This one stays as it is.
   *
   * @throws `unknown_turn`, `not_started`
   */
  async fork({ turn, edit }: ForkOptions): Promise<Run<Output>> {
    const { runtime, startFrom } = this.#services
    const row = await this.#read()
    const id = edit
      ? await startFrom(row, await editedState(runtime, row, turn, edit))
      : await runtime.fork(row, turn)
    return new Run<Output>(this.#services, (await runtime.store.runs.get(id))!)
  }

  /** The state of its team as JSON, in AutoGen's shape: now, or at the end of a turn. Null before the run has begun. */
  async state(options: { turn?: number } = {}): Promise<Record<string, unknown> | null> {
    return this.#services.runtime.history.state(await this.#read(), options.turn)
  }

  /** The turns that have ended, oldest first. */
  async turns(): Promise<TurnInfo[]> {
    const turns = await this.#services.runtime.history.turns(await this.#read())
    return turns.map(({ turn, seq, speakers, at }) => ({ turn, seq, speakers, at: new Date(at) }))
  }

  /**
   * Waits until the run has ended and gives what came of it, as `team.run()` does.
   *
   * @param options `signal` ends the wait, not the run
   * @throws what the run has failed with; `closing` where the runtime is closed first
   */
  async result({ signal }: { signal?: AbortSignal } = {}): Promise<TaskResult<Output>> {
    await this.#ended(signal)
    if (this.#services.runtime.isClosing) throw new TroupeError('closing')
    const row = await this.#read()
    return (await resultOf(this.#services.runtime.store.runs, row)) as TaskResult<Output>
  }

  /** Deletes the run with its log; one that is under way is stopped first. */
  async delete(): Promise<void> {
    const { runtime } = this.#services
    await runtime.stop(this.id, 'The run was deleted')
    await runtime.store.runs.delete(this.id)
  }

  async #read(): Promise<RunRow> {
    const row = await this.#services.runtime.store.runs.get(this.id)
    if (!row) throw new TroupeError('unknown_run', String(this.id))
    this.#row = row
    return row
  }

  async #ended(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted()
    const { runtime, leavers } = this.#services
    if (runtime.isClosing) throw new TroupeError('closing')
    const row = await this.#read()
    const over = Promise.withResolvers<void>()
    const leave = () => over.resolve()
    const abort = () => over.reject(signal!.reason)
    leavers.add(leave)
    const letGo = keepAlive()
    signal?.addEventListener('abort', abort, { once: true })
    let unsubscribe: (() => void) | undefined
    try {
      unsubscribe = await runtime.subscribe(row, null, {
        isObserver: true,
        deliver() {},
        untilRoom: async () => true,
        onRunEnded: leave
      })
      await over.promise
    } finally {
      unsubscribe?.()
      letGo()
      leavers.delete(leave)
      signal?.removeEventListener('abort', abort)
    }
  }
}

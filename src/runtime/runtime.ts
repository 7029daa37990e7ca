import type { ComponentModel } from '../machines/component.ts'
import type { ChatMessage } from '../machines/message.ts'
import { Audience, type Listener } from './audience.ts'
import { type Clock, systemClock } from './clock.ts'
import { Registry } from './components.ts'
import { tellEnd } from './ending.ts'
import { reasons, TroupeError } from './errors.ts'
import { again } from './frames.ts'
import { LiveRun, type PendingInput } from './live-run.ts'
import { Outbox } from './outbox.ts'
import { Recorder } from './recorder.ts'
import { isOver, restingState } from './status.ts'
import type { RunRow, RunStatus, Store } from './store/store.ts'
import type { Team } from './teams/team.ts'

/** How many frames are read at a time for somebody who comes late. */
const PAGE = 256

/** Where a run stands, as its clients are told. */
export interface RunInfo {
  id: number
  status: RunStatus
  /** The number of the last frame. */
  seq: number
  /** The run's statechart value. */
  state: string
  pending_input: PendingInput[]
}

interface RuntimeOptions {
  store: Store
  registry?: Registry
  clock?: Clock
  env?: Readonly<Record<string, string | undefined>>
}

/** Keeps the runs of a server: starts them, lets clients follow and steer them. */
export class Runtime {
  readonly store: Store
  readonly registry: Registry
  readonly clock: Clock
  readonly #env: NonNullable<RuntimeOptions['env']>
  readonly #recorder: Recorder
  readonly #live = new Map<number, LiveRun>()
  readonly #audiences = new Map<number, Audience>()
  #closing = false

  constructor({ store, registry = new Registry(), clock = systemClock, env = process.env }: RuntimeOptions) {
    this.store = store
    this.registry = registry
    this.clock = clock
    this.#env = env
    this.#recorder = new Recorder(store.runs)
  }

  /** Why nothing can be stored at present, or null. */
  get failure(): unknown {
    return this.#recorder.failure
  }

  /** Starts a run that was created. What is wrong with the team becomes the run's end, not an error here. */
  start(run: RunRow, start: { task: readonly ChatMessage[]; team_config: ComponentModel }): void {
    if (this.#closing) throw new TroupeError('closing')
    if (this.#live.has(run.id) || run.status !== 'created') throw new TroupeError('already_started')
    const live = new LiveRun({
      id: run.id,
      ...start,
      load: (component) => this.registry.load<Team>(component, 'team'),
      audience: this.#audience(run.id),
      recorder: this.#recorder,
      clock: this.clock,
      env: this.#env
    })
    this.#live.set(run.id, live)
    void live.ended.then(() => {
      this.#live.delete(run.id)
      live.audience.end()
      this.#audiences.delete(run.id)
    })
  }

  /** A run that is under way; refuses by code where it is not. */
  live(id: number): LiveRun {
    const live = this.#live.get(id)
    if (!live) throw new TroupeError('not_started')
    return live
  }

  /** Stops a run if it is under way, and waits for its end. */
  async stop(id: number, reason: string): Promise<void> {
    const live = this.#live.get(id)
    live?.stop(reason)
    await live?.ended
  }

  /** Where a run stands. */
  async info(run: RunRow): Promise<RunInfo> {
    const live = this.#live.get(run.id)
    if (!live) {
      const saved = await this.store.runs.state(run.id)
      const state = restingState(run.status)
      return { id: run.id, status: run.status, seq: saved?.seq ?? 0, state, pending_input: [] }
    }
    return {
      id: run.id,
      status: live.status,
      seq: live.seq,
      state: live.state,
      pending_input: live.pendingInput
    }
  }

  /**
   * Lets somebody follow a run: with `after`, everything above it again and then all else; without, what comes from
   * now on. No gap, no repeat: the log is read to its end, and in the moment in which nothing in it is news the
   * listener joins those who hear what comes. Gives a way to leave.
   */
  async follow(run: RunRow, after: number | null, listener: Listener): Promise<() => void> {
    let over = isOver(run.status)
    for (let told = after ?? Number.POSITIVE_INFINITY; ; ) {
      const live = this.#live.get(run.id)
      if (live && told >= live.seq) return this.#join(run.id, after, listener)
      over ||= !live && (await this.#isOver(run.id))
      const page = after === null ? [] : await this.#past(run.id, told)
      if (page.length > 0) {
        listener.lines(page)
        told = page.at(-1)!.seq
        if (!(await listener.room())) return () => {}
      } else if (over) {
        listener.ended()
        return () => {}
      } else if (!live && !this.#live.has(run.id)) return this.#join(run.id, after, listener)
    }
  }

  /** Ends the runs that a process left behind when it ended: told as errors, so that nobody waits for them. */
  async recover(): Promise<void> {
    for (const run of await this.store.runs.unfinished()) {
      const { id, state } = run
      const audience = this.#audience(id)
      const snapshot = () => state?.snapshot ?? 'null'
      const outbox = new Outbox({ run: id, recorder: this.#recorder, audience, snapshot, seq: state?.seq })
      const past = { clock: this.clock, began: Date.parse(run.created_at), messages: [] }
      await tellEnd(outbox, { failure: { message: reasons.abandoned() } }, past)
      this.#audiences.delete(id)
    }
  }

  /** Stores what was said, then leaves all runs where they are: whoever starts next finds them. */
  async close(): Promise<void> {
    this.#closing = true
    await this.#recorder.close()
    for (const live of this.#live.values()) live.leave()
  }

  /** Adds a listener who has heard all that was told; an answer that is half written comes as one chunk. */
  #join(id: number, after: number | null, listener: Listener): () => void {
    const audience = this.#audience(id)
    const live = this.#live.get(id)
    const leave = audience.add(listener)
    const now = [...((after === null && live?.questions()) || []), ...(live?.partial() ?? [])]
    if (now.length > 0) listener.lines(now.map(({ seq, text }) => ({ seq, text: again(text) })))
    return () => {
      leave()
      if (audience.size > 0 || this.#live.has(id)) return
      if (this.#audiences.get(id) === audience) this.#audiences.delete(id)
    }
  }

  /** The next frames above a number, of those that were told: what is stored only now comes by itself. */
  async #past(id: number, after: number): Promise<{ seq: number; text: string }[]> {
    const page = await this.store.runs.frames(id, { after, limit: PAGE })
    const last = this.#live.get(id)?.seq ?? Number.POSITIVE_INFINITY
    return page.filter(({ seq }) => seq <= last).map(({ seq, text }) => ({ seq, text: again(text) }))
  }

  /** Whether a run has ended, or was deleted. */
  async #isOver(id: number): Promise<boolean> {
    const run = await this.store.runs.get(id)
    return !run || isOver(run.status)
  }

  #audience(id: number): Audience {
    let audience = this.#audiences.get(id)
    if (!audience) {
      audience = new Audience()
      this.#audiences.set(id, audience)
    }
    return audience
  }
}

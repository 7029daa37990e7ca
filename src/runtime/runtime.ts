import type { ComponentModel } from '../machines/component.ts'
import type { ChatMessage } from '../machines/message.ts'
import { type Absence, Absences } from './absences.ts'
import { Audience, type Listener } from './audience.ts'
import { type Clock, systemClock } from './clock.ts'
import { Registry } from './components.ts'
import { tellEnd } from './ending.ts'
import { reasons, TroupeError } from './errors.ts'
import { again } from './frames.ts'
import { LiveRun } from './live-run.ts'
import { Outbox } from './outbox.ts'
import { type Past, readPast } from './past.ts'
import type { PendingInput } from './questions.ts'
import { Recorder } from './recorder.ts'
import { REVISION } from './revisions.ts'
import type { RunOptions, Settings } from './settings.ts'
import { isOver, restingState } from './status.ts'
import type { RunRow, RunStatus, SavedRun, Store } from './store/store.ts'
import type { Team } from './teams/team.ts'

/** How many frames are read at a time for somebody who comes late. */
const PAGE = 256
/** How often is looked for deadlines and for runs that can be put away, in milliseconds. */
const ROUND = 1000
/** How many runs are woken at once. */
const CROWD = 64
/** How long turns that are under way may take to end when the process is going, in milliseconds. */
const GRACE = 8000

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
  /** What happens to a run when its last client has left, unless the run says otherwise. */
  absence?: Absence
}

/** What a run is started with. */
export interface Start {
  task: readonly ChatMessage[]
  team_config: ComponentModel
  options?: RunOptions
}

/** Keeps the runs of a server: starts them, brings them back, lets clients follow and steer them. */
export class Runtime {
  readonly store: Store
  readonly registry: Registry
  readonly clock: Clock
  readonly #env: NonNullable<RuntimeOptions['env']>
  readonly #recorder: Recorder
  readonly #live = new Map<number, LiveRun>()
  readonly #waking = new Map<number, Promise<LiveRun>>()
  readonly #audiences = new Map<number, Audience>()
  readonly #absences: Absences
  /** Runs that only waited for a person when they were looked at last. */
  #idle = new Set<number>()
  #closing = false
  #round: unknown = null

  constructor({ store, registry, clock = systemClock, env = process.env, absence }: RuntimeOptions) {
    this.store = store
    this.registry = registry ?? new Registry()
    this.clock = clock
    this.#env = env
    this.#recorder = new Recorder(store.runs)
    this.#absences = new Absences(clock, absence ?? { policy: 'continue', grace: 30 })
  }

  /** Why nothing can be stored at present, or null. */
  get failure(): unknown {
    return this.#recorder.failure
  }

  /** Starts a run that was created. What is wrong with the team becomes the run's end, not an error here. */
  start(run: RunRow, { options, ...start }: Start): LiveRun {
    if (this.#closing) throw new TroupeError('closing')
    if (this.#live.has(run.id) || run.status !== 'created') throw new TroupeError('already_started')
    const settings = { ...options, seed: crypto.randomUUID(), began: this.clock.now() }
    return this.#enter(run.id, { ...start, settings })
  }

  /**
   * A run that is under way; one that was put away while it waits for a person is brought back. Refuses by code where
   * the run has not begun or is over.
   */
  async live(id: number): Promise<LiveRun> {
    const live = this.#live.get(id)
    if (live) return live
    const waking = this.#waking.get(id) ?? this.#wake(id).finally(() => this.#waking.delete(id))
    this.#waking.set(id, waking)
    return waking
  }

  /** Stops a run if it is under way, and waits for its end. */
  async stop(id: number, reason: string): Promise<void> {
    const run = await this.store.runs.get(id)
    if (!run || run.status === 'created' || isOver(run.status)) return
    const live = await this.live(id)
    live.stop(reason)
    await live.ended
  }

  /** Where a run stands. */
  async info(run: RunRow): Promise<RunInfo> {
    const { id } = run
    const waits = run.status === 'awaiting_input' || run.status === 'paused'
    const live = this.#live.get(id) ?? (waits ? await this.live(id).catch(() => undefined) : undefined)
    if (live) {
      const { status, seq, state, pendingInput: pending_input } = live
      return { id, status, seq, state, pending_input }
    }
    const saved = await this.store.runs.state(id)
    return {
      id,
      status: run.status,
      seq: saved?.seq ?? 0,
      state: restingState(run.status),
      pending_input: []
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

  /** Brings back the runs that were going on when the last process ended, and begins to look after deadlines. */
  async recover(): Promise<void> {
    const ids = await this.store.runs.withStatus('active')
    for (let i = 0; i < ids.length; i += CROWD) {
      // One that cannot go on ends as an error that says why; the others go on.
      await Promise.allSettled(ids.slice(i, i + CROWD).map((id) => this.live(id)))
    }
    this.#look()
  }

  /** Lets turns that are under way end, stores what was said, and leaves all runs where they are. */
  async close(): Promise<void> {
    this.#closing = true
    this.clock.clearTimeout(this.#round)
    for (const live of this.#live.values()) live.hold()
    const until = this.clock.now() + GRACE
    while ([...this.#live.values()].some(({ busy }) => busy > 0) && this.clock.now() < until) {
      await new Promise((resolve) => this.clock.setTimeout(() => resolve(undefined), 10))
    }
    await this.#recorder.close()
    for (const live of this.#live.values()) live.leave()
  }

  #enter(id: number, start: Omit<Start, 'options'> & { settings: Settings; past?: Past }): LiveRun {
    const live = new LiveRun({
      id,
      ...start,
      load: (component) => this.registry.load<Team>(component, 'team'),
      audience: this.#audience(id),
      recorder: this.#recorder,
      clock: this.clock,
      env: this.#env
    })
    this.#live.set(id, live)
    void live.ended.then(() => {
      this.#live.delete(id)
      this.#absences.forget(id)
      live.audience.end()
      this.#audiences.delete(id)
    })
    return live
  }

  async #wake(id: number): Promise<LiveRun> {
    const saved = await this.store.runs.saved(id)
    if (!saved) throw new TroupeError('unknown_run', String(id))
    if (saved.status === 'created' || isOver(saved.status)) throw new TroupeError('not_started')
    if (this.#closing) throw new TroupeError('closing')
    const problem = problemOf(saved)
    if (problem) return this.#giveUp(saved, problem)
    let past: Past
    try {
      past = await readPast(this.store.runs, saved)
    } catch (error) {
      return this.#giveUp(saved, (error as Error).message)
    }
    const { settings, task } = past
    const live = this.#enter(id, { settings, task, past, team_config: saved.team_config! })
    await live.ready
    return live
  }

  /** Ends a run that cannot be brought back. */
  async #giveUp({ id, state, created_at }: SavedRun, why: string): Promise<never> {
    const audience = this.#audience(id)
    const [last] = (await this.store.runs.frames(id)).slice(-1)
    const snapshot = () => state?.snapshot ?? 'null'
    const numbers = { seq: last?.seq ?? 0, journal: state?.journal }
    const outbox = new Outbox({ run: id, recorder: this.#recorder, audience, snapshot, ...numbers })
    const past = { clock: this.clock, began: Date.parse(created_at), messages: [] }
    await tellEnd(outbox, { failure: { message: reasons.cannot_go_on(why) } }, past)
    audience.end()
    this.#audiences.delete(id)
    throw new TroupeError('cannot_go_on', why)
  }

  /** Looks for questions that nobody answered in time, and puts away runs that only wait for a person. */
  #look(): void {
    this.#round = this.clock.setTimeout(() => void this.#lookAround().finally(() => this.#look()), ROUND)
    if (typeof this.#round === 'object') (this.#round as NodeJS.Timeout).unref?.()
  }

  async #lookAround(): Promise<void> {
    if (this.#closing) return
    for (const live of this.#live.values()) live.checkDeadlines()
    this.#putAway()
    const now = new Date(this.clock.now()).toISOString()
    const due = (await this.store.runs.due(now, CROWD)).filter((id) => !this.#live.has(id))
    const woken = await Promise.allSettled(due.map((id) => this.live(id)))
    for (const one of woken) if (one.status === 'fulfilled') one.value.checkDeadlines()
  }

  #putAway(): void {
    const idle = new Set<number>()
    for (const [id, live] of this.#live) {
      if (!live.isParked) continue
      if (!this.#idle.has(id)) idle.add(id)
      else {
        this.#live.delete(id)
        live.leave()
        if (live.audience.size === 0) this.#audiences.delete(id)
      }
    }
    this.#idle = idle
  }

  /** Adds a listener who has heard all that was told; an answer that is half written comes as one chunk. */
  #join(id: number, after: number | null, listener: Listener): () => void {
    const audience = this.#audience(id)
    const live = this.#live.get(id)
    const leave = audience.add(listener)
    this.#absences.forget(id)
    const now = [...((after === null && live?.questions()) || []), ...(live?.partial() ?? [])]
    if (now.length > 0) listener.lines(now.map(({ seq, text }) => ({ seq, text: again(text) })))
    return () => {
      leave()
      if (audience.size > 0) return
      const left = this.#live.get(id)
      if (left) this.#absences.begin(left)
      else if (this.#audiences.get(id) === audience) this.#audiences.delete(id)
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

/** Why a run cannot be brought back, if it cannot. */
function problemOf({ state, team_config, options }: SavedRun): string | undefined {
  if (!team_config || !options) return 'how it was started is not known.'
  if (state && state.revision > REVISION) return `it was kept by revision ${state.revision}, a newer version.`
  return undefined
}

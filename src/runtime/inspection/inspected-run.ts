import type { ComponentModel } from '../../machines/component/component.ts'
import { isFinal } from '../../protocol/run-status.ts'
import { entriesOf, readRunHistory } from '../journal/run-log.ts'
import { JOURNAL_VERSION } from '../journal/version.ts'
import type { RunLog } from '../store/store.ts'
import type { Team } from '../teams/team.ts'
import type { InspectionEvent } from './events.ts'
import { hider, secretsIn } from './redaction.ts'
import { ShadowRun } from './shadow-run.ts'
import { outlineTeam, type TeamOutline } from './team-outline.ts'

/** What is needed to look at runs. */
export interface InspectionDeps {
  runs: RunLog
  load(component: ComponentModel): Team | Promise<Team>
  /** Has `hint` called when a run has said something; gives a way to leave. */
  follow(run: number, hint: () => void): Promise<() => void>
}

/** How often is looked for what came into a run where nothing hints at it, and how soon after a hint; milliseconds. */
const ROUND = 500
const SOON = 20

/** One run as those see it who look at its charts: a ghost that follows the run as long as somebody watches. */
export class InspectedRun {
  readonly #id: number
  readonly #deps: InspectionDeps
  readonly #watchers = new Set<() => void>()
  #ghost: ShadowRun | null = null
  #entries = 0
  #busy: Promise<void> | null = null
  #next: Promise<void> | null = null
  #timer: NodeJS.Timeout | undefined
  #hinted = false
  #leave: Promise<() => void> | null = null
  /** Who the run's team is made of; null before it begins. */
  team: TeamOutline | null = null
  /** Whether the run is over and all that it did is known. */
  isWhole = false
  /** Whether this version's charts cannot do what the run did. */
  isStuck = false

  constructor(id: number, deps: InspectionDeps) {
    this.#id = id
    this.#deps = deps
  }

  /** All that the run's actors did, as far as it was read. */
  get events(): readonly InspectionEvent[] {
    return this.#ghost?.log.events ?? []
  }

  get isWatched(): boolean {
    return this.#watchers.size > 0
  }

  /** Reads what came into the run until now; resolves when the ghost has played it. */
  catchUp(): Promise<void> {
    if (!this.#busy) return this.#begin()
    // What is being read may be older than whoever asks.
    this.#next ??= this.#busy.then(() => {
      this.#next = null
      return this.#begin()
    })
    return this.#next
  }

  /** Has `changed` called when there may be more to see; gives a way to leave. */
  watch(changed: () => void): () => void {
    this.#watchers.add(changed)
    if (!this.isWhole) this.#follow()
    return () => {
      this.#watchers.delete(changed)
      if (!this.isWatched) this.#rest()
    }
  }

  /** Forgets what was played. */
  dispose(): void {
    this.#rest()
    this.#ghost?.stop()
    this.#ghost = null
  }

  #begin(): Promise<void> {
    this.#busy ??= this.#read().finally(() => {
      this.#busy = null
    })
    return this.#busy
  }

  async #read(): Promise<void> {
    if (this.isWhole || this.isStuck) return
    const run = await this.#deps.runs.get(this.#id)
    const over = !run || isFinal(run.status)
    if (this.#ghost) await this.#feed(this.#ghost)
    else if (run && run.status !== 'created') await this.#raise()
    await this.#ghost?.settled()
    this.isStuck ||= this.#ghost?.stuck ?? false
    this.isWhole = over
    for (const changed of this.#watchers) changed()
  }

  async #raise(): Promise<void> {
    const { runs, load } = this.#deps
    const saved = await runs.saved(this.#id)
    if (!saved?.team_config || !saved.options) return
    this.team = outlineTeam({ ...saved.team_config }, hider(secretsIn(saved.team_config)))
    this.isStuck = (saved.state?.revision ?? 0) > JOURNAL_VERSION
    if (this.isStuck) return
    const past = await readRunHistory(runs, saved)
    this.#entries = past.journal
    this.#ghost = new ShadowRun({
      id: this.#id,
      past,
      team_config: saved.team_config,
      load,
      added: () => this.#added()
    })
  }

  async #feed(ghost: ShadowRun): Promise<void> {
    const rows = await this.#deps.runs.journal(this.#id, this.#entries)
    this.#entries = rows.at(-1)?.n ?? this.#entries
    ghost.feed(rows.flatMap(entriesOf))
  }

  /** What is played now and then goes out together. */
  #added(): void {
    if (this.isWatched && !this.#busy) for (const changed of this.#watchers) changed()
  }

  #follow(): void {
    if (this.#leave) return
    this.#leave = this.#deps.follow(this.#id, () => this.isWatched && this.#look(SOON, true))
    this.#leave.catch(() => {})
    this.#look(0)
  }

  #look(delay: number, hint = false): void {
    // A hint that comes while everything is read already, or soon will be, changes nothing.
    if (hint && this.#hinted) return
    this.#hinted = hint
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#hinted = false
      const next = () => this.isWatched && !this.isWhole && !this.#hinted && this.#look(ROUND)
      this.catchUp().then(next, next)
    }, delay)
    this.#timer.unref()
  }

  #rest(): void {
    clearTimeout(this.#timer)
    this.#hinted = false
    void this.#leave?.then((leave) => leave()).catch(() => {})
    this.#leave = null
  }
}

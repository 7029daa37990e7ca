import type { ComponentModel } from '../../machines/component/component.ts'
import { isFinal } from '../../protocol/run-status.ts'
import { entriesOf, readRunHistory } from '../journal/run-log.ts'
import { JOURNAL_VERSION } from '../journal/version.ts'
import type { RunLog } from '../store/store.ts'
import type { Team } from '../team/team.ts'
import type { InspectionEvent } from './events.ts'
import { hider, secretsIn } from './redaction.ts'
import { ShadowRun } from './shadow-run.ts'
import { outlineTeam, type TeamOutline } from './team-outline.ts'

/** Where inspection finds runs. */
export interface InspectionSource {
  runs: RunLog
  load(component: ComponentModel): Promise<Team>
  /** Has `hint` called when a run has published something; returns how to unsubscribe. */
  subscribe(run: number, hint: () => void): Promise<() => void>
}

/** How often the journal is read where nothing hints at it, and how soon after a hint; milliseconds. */
const INTERVAL = 500
const AFTER_HINT = 20

/** One run under inspection: a shadow run that follows it as long as there are watchers. */
export class InspectedRun {
  readonly #id: number
  readonly #source: InspectionSource
  readonly #watchers = new Set<() => void>()
  #shadow: ShadowRun | null = null
  #entries = 0
  #busy: Promise<void> | null = null
  #next: Promise<void> | null = null
  #timer: NodeJS.Timeout | undefined
  #hinted = false
  #leave: Promise<() => void> | null = null
  /** The members of the run's team; null before the run begins. */
  team: TeamOutline | null = null
  /** Whether the run has ended and all its events are here. */
  isWhole = false
  /** Whether the journal does not fit the charts of this version. */
  isStuck = false

  constructor(id: number, source: InspectionSource) {
    this.#id = id
    this.#source = source
  }

  /** The inspection events of the run's actors, as far as the journal was read. */
  get events(): readonly InspectionEvent[] {
    return this.#shadow?.log.events ?? []
  }

  get isWatched(): boolean {
    return this.#watchers.size > 0
  }

  /** Reads the journal up to now; resolves when the shadow run has played it. */
  catchUp(): Promise<void> {
    if (!this.#busy) return this.#begin()
    // What is being read now may be older than this call.
    this.#next ??= this.#busy.then(() => {
      this.#next = null
      return this.#begin()
    })
    return this.#next
  }

  /** Has `changed` called when there may be more events; returns how to stop that. */
  watch(changed: () => void): () => void {
    this.#watchers.add(changed)
    if (!this.isWhole) this.#follow()
    return () => {
      this.#watchers.delete(changed)
      if (!this.isWatched) this.#rest()
    }
  }

  /** Ends the shadow run and drops its events. */
  dispose(): void {
    this.#rest()
    this.#shadow?.stop()
    this.#shadow = null
  }

  #begin(): Promise<void> {
    this.#busy ??= this.#read().finally(() => {
      this.#busy = null
    })
    return this.#busy
  }

  async #read(): Promise<void> {
    if (this.isWhole || this.isStuck) return
    const run = await this.#source.runs.get(this.#id)
    const over = !run || isFinal(run.status)
    if (this.#shadow) await this.#feed(this.#shadow)
    else if (run && run.status !== 'created') await this.#createShadow()
    await this.#shadow?.settled()
    this.isStuck ||= this.#shadow?.stuck ?? false
    this.isWhole = over
    for (const changed of this.#watchers) changed()
  }

  async #createShadow(): Promise<void> {
    const { runs, load } = this.#source
    const saved = await runs.saved(this.#id)
    if (!saved?.team_config || !saved.options) return
    this.team = outlineTeam({ ...saved.team_config }, hider(secretsIn(saved.team_config)))
    this.isStuck = (saved.state?.revision ?? 0) > JOURNAL_VERSION
    if (this.isStuck) return
    const history = await readRunHistory(runs, saved)
    this.#entries = history.journal
    this.#shadow = new ShadowRun({
      id: this.#id,
      history,
      team_config: saved.team_config,
      load,
      onAdded: () => this.#onAdded()
    })
  }

  async #feed(shadow: ShadowRun): Promise<void> {
    const rows = await this.#source.runs.journal(this.#id, this.#entries)
    this.#entries = rows.at(-1)?.n ?? this.#entries
    shadow.feed(rows.flatMap(entriesOf))
  }

  /** Events of a journal that is being read go out together afterwards. */
  #onAdded(): void {
    if (this.isWatched && !this.#busy) for (const changed of this.#watchers) changed()
  }

  #follow(): void {
    if (this.#leave) return
    this.#leave = this.#source.subscribe(this.#id, () => this.isWatched && this.#look(AFTER_HINT, true))
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
      const next = () => this.isWatched && !this.isWhole && !this.#hinted && this.#look(INTERVAL)
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

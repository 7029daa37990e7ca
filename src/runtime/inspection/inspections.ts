import type { OutgoingFrame } from '../../protocol/frames.ts'
import type { Runtime } from '../host/runtime.ts'
import type { Team } from '../team/team.ts'
import { InspectedRun, type InspectionSource } from './inspected-run.ts'

/** How long a run without watchers stays, in milliseconds, and how many such runs do. */
const LINGER = 30_000
const MAX_IDLE = 8

/** The runs under inspection. Nothing is computed for any other. */
export class Inspections {
  readonly #source: InspectionSource
  readonly #runs = new Map<number, InspectedRun>()
  /** When a run is looked at whether it is watched still: one timer each. */
  readonly #timers = new Map<number, NodeJS.Timeout>()

  constructor(source: InspectionSource) {
    this.#source = source
  }

  /** Opens a run: its events up to now. It stays open for a while. */
  async open(id: number): Promise<InspectedRun> {
    const run = this.#runs.get(id) ?? new InspectedRun(id, this.#source)
    this.#runs.delete(id)
    this.#runs.set(id, run)
    try {
      await run.catchUp()
    } finally {
      this.#tidy(id)
    }
    return run
  }

  /** Closes all of them. */
  close(): void {
    for (const [id, run] of [...this.#runs]) this.#drop(id, run)
  }

  #tidy(latest: number): void {
    const idle = [...this.#runs].filter(([id, run]) => id !== latest && !run.isWatched)
    for (const [id, run] of idle.slice(0, Math.max(0, idle.length - MAX_IDLE))) this.#drop(id, run)
    this.#expireLater(latest)
  }

  #expire(id: number): void {
    const run = this.#runs.get(id)
    if (!run) return
    if (run.isWatched) this.#expireLater(id)
    else this.#drop(id, run)
  }

  #expireLater(id: number): void {
    clearTimeout(this.#timers.get(id))
    if (!this.#runs.has(id)) return
    this.#timers.set(id, setTimeout(() => this.#expire(id), LINGER).unref())
  }

  #drop(id: number, run: InspectedRun): void {
    clearTimeout(this.#timers.get(id))
    this.#timers.delete(id)
    this.#runs.delete(id)
    run.dispose()
  }
}

/** The inspection of a runtime's runs. */
export const inspectionsOf = (runtime: Runtime): Inspections =>
  new Inspections({
    runs: runtime.store.runs,
    // Secrets stay references: no model is called.
    load: async (component) => runtime.registry.load<Team>(component, 'team'),
    async subscribe(id, hint) {
      const run = await runtime.store.runs.get(id)
      if (!run) return () => {}
      const deliver = (frames: readonly OutgoingFrame[]) => frames.some(({ seq }) => seq !== null) && hint()
      return runtime.subscribe(run, null, {
        isObserver: true,
        deliver,
        untilRoom: async () => true,
        onRunEnded: hint
      })
    }
  })

import type { Runtime } from '../host/runtime.ts'
import type { OutgoingFrame } from '../subscriptions/subscriber.ts'
import type { Team } from '../teams/team.ts'
import { InspectedRun, type InspectionDeps } from './inspected-run.ts'

/** How long a run that nobody watches any more is kept, in milliseconds, and how many of them. */
const LINGER = 30_000
const MOST = 8

/** The runs that somebody looks at. Nothing is computed for any other. */
export class Inspections {
  readonly #deps: InspectionDeps
  readonly #runs = new Map<number, InspectedRun>()

  constructor(deps: InspectionDeps) {
    this.#deps = deps
  }

  /** A run as far as it has come by now; it is kept for a while. */
  async open(id: number): Promise<InspectedRun> {
    const run = this.#runs.get(id) ?? new InspectedRun(id, this.#deps)
    this.#runs.delete(id)
    this.#runs.set(id, run)
    await run.catchUp()
    this.#tidy(id)
    return run
  }

  /** Forgets everything. */
  close(): void {
    for (const run of this.#runs.values()) run.dispose()
    this.#runs.clear()
  }

  #tidy(latest: number): void {
    const idle = [...this.#runs].filter(([id, run]) => id !== latest && !run.isWatched)
    for (const [id, run] of idle.slice(0, Math.max(0, idle.length - MOST))) this.#drop(id, run)
    setTimeout(() => this.#expire(latest), LINGER).unref()
  }

  #expire(id: number): void {
    const run = this.#runs.get(id)
    if (!run) return
    if (run.isWatched) setTimeout(() => this.#expire(id), LINGER).unref()
    else this.#drop(id, run)
  }

  #drop(id: number, run: InspectedRun): void {
    this.#runs.delete(id)
    run.dispose()
  }
}

/** Lets the runs of a runtime be looked at. */
export const inspectionsOf = (runtime: Runtime): Inspections =>
  new Inspections({
    runs: runtime.store.runs,
    // Secrets stay references: nobody is asked anything.
    load: (component) => runtime.registry.load<Team>(component, 'team'),
    async follow(id, hint) {
      const run = await runtime.store.runs.get(id)
      if (!run) return () => {}
      const lines = (told: readonly OutgoingFrame[]) => told.some(({ seq }) => seq !== null) && hint()
      return runtime.subscribe(run, null, {
        isObserver: true,
        deliver: lines,
        untilRoom: async () => true,
        onRunEnded: hint
      })
    }
  })

import type { Clock } from './clock.ts'
import type { LiveRun } from './live-run.ts'
import type { OnDisconnect } from './settings.ts'

/** What happens to a run when its last client has left; `grace` in seconds. */
export interface Absence {
  policy: OnDisconnect
  grace: number
}

/** Pauses or stops runs that nobody has followed for a while, where that is asked for. */
export class Absences {
  readonly #clock: Clock
  readonly #usual: Absence
  readonly #timers = new Map<number, unknown>()

  constructor(clock: Clock, usual: Absence) {
    this.#clock = clock
    this.#usual = usual
  }

  /** The last client has left. */
  begin(run: LiveRun): void {
    const { on_disconnect = this.#usual.policy, disconnect_grace = this.#usual.grace } = run.settings
    if (on_disconnect === 'continue') return
    this.forget(run.id)
    const act = () => {
      this.#timers.delete(run.id)
      if (on_disconnect === 'pause') run.pause()
      else run.stop('The last client has left.')
    }
    if (disconnect_grace === 0) act()
    else this.#timers.set(run.id, this.#clock.setTimeout(act, disconnect_grace * 1000))
  }

  /** Somebody has come, or the run is over. */
  forget(id: number): void {
    const timer = this.#timers.get(id)
    if (timer === undefined) return
    this.#clock.clearTimeout(timer)
    this.#timers.delete(id)
  }
}

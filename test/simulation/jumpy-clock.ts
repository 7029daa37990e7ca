import { ManualClock } from '../support/manual-clock.ts'

/** A clock whose time of day jumps, while its timers ring as if nothing had happened. */
export class JumpyClock extends ManualClock {
  #skew = 0

  override now(): number {
    return super.now() + this.#skew
  }

  jump(milliseconds: number): void {
    this.#skew += milliseconds
  }
}

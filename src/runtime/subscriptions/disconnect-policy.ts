import type { OnDisconnect, RunOptions } from '../../protocol/run-options.ts'
import type { Clock } from '../shared/clock.ts'

/** What happens to a run when its last client has left; `grace` in seconds. */
export interface DisconnectPolicy {
  policy: OnDisconnect
  grace: number
}

interface DisconnectPoliciesOptions {
  /** Somebody follows a run that does not simply go on without anybody; may be told several times. */
  followed(id: number): void
  /** Nobody has followed a run for as long as it may be alone. */
  act(id: number, policy: 'pause' | 'stop'): void
}

/** Knows who is there, and pauses or stops runs that nobody has followed for a while, where that is asked for. */
export class DisconnectPolicies {
  readonly #clock: Clock
  readonly #usual: DisconnectPolicy
  readonly #deps: DisconnectPoliciesOptions
  /** What is asked for, for the runs that do not simply go on; also while they are put away. */
  readonly #asked = new Map<number, DisconnectPolicy>()
  readonly #present = new Map<number, number>()
  readonly #timers = new Map<number, unknown>()

  constructor(clock: Clock, usual: DisconnectPolicy, deps: DisconnectPoliciesOptions) {
    this.#clock = clock
    this.#usual = usual
    this.#deps = deps
  }

  /** A run has begun, or was brought back. */
  applyTo(id: number, { on_disconnect, disconnect_grace }: RunOptions): void {
    const policy = on_disconnect ?? this.#usual.policy
    if (policy === 'continue') this.#asked.delete(id)
    else this.#asked.set(id, { policy, grace: disconnect_grace ?? this.#usual.grace })
    if (this.#present.has(id)) this.#note(id)
  }

  /** A client has come; gives how it leaves. */
  join(id: number): () => void {
    this.#stay(id)
    this.#present.set(id, (this.#present.get(id) ?? 0) + 1)
    this.#note(id)
    let gone = false
    return () => {
      if (gone) return
      gone = true
      const left = this.#present.get(id)! - 1
      if (left > 0) return void this.#present.set(id, left)
      this.#present.delete(id)
      this.startGraceIfEmpty(id)
    }
  }

  /** A run may be without clients now. */
  startGraceIfEmpty(id: number): void {
    const asked = this.#asked.get(id)
    if (!asked || asked.policy === 'continue' || this.#present.has(id)) return
    const { policy, grace } = asked
    this.#stay(id)
    const act = () => {
      this.#timers.delete(id)
      this.#deps.act(id, policy)
    }
    if (grace === 0) act()
    else this.#timers.set(id, this.#clock.setTimeout(act, grace * 1000))
  }

  /** The run is over. */
  forget(id: number): void {
    this.#stay(id)
    this.#asked.delete(id)
  }

  #note(id: number): void {
    if (this.#asked.has(id)) this.#deps.followed(id)
  }

  #stay(id: number): void {
    const timer = this.#timers.get(id)
    if (timer === undefined) return
    this.#clock.clearTimeout(timer)
    this.#timers.delete(id)
  }
}

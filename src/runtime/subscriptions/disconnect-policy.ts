import type { OnDisconnect, RunOptions } from '../../protocol/run-options.ts'
import type { Clock } from '../shared/clock.ts'

/** What happens to a run when its last client has left; `grace` in seconds. */
export interface DisconnectPolicy {
  policy: OnDisconnect
  grace: number
}

/** What carries out the policies. */
export interface DisconnectPolicyTarget {
  /** A client follows a run that does not simply continue when the last one leaves; may be called several times. */
  onFollowed(id: number): void
  /** A run has had no client for its grace. */
  applyDisconnectPolicy(id: number, policy: 'pause' | 'stop'): void
}

/** Milliseconds until what could not be done is tried again. */
const RETRY = 1000

/** Counts the clients of runs, and applies `on_disconnect` `disconnect_grace` seconds after the last one has left. */
export class DisconnectPolicies {
  readonly #clock: Clock
  readonly #usual: DisconnectPolicy
  readonly #target: DisconnectPolicyTarget
  /** The policies of runs that do not simply continue; also while they are evicted. */
  readonly #policies = new Map<number, DisconnectPolicy>()
  readonly #clients = new Map<number, number>()
  readonly #timers = new Map<number, unknown>()

  /** `usual`: the policy of runs that ask for none. */
  constructor(clock: Clock, usual: DisconnectPolicy, target: DisconnectPolicyTarget) {
    this.#clock = clock
    this.#usual = usual
    this.#target = target
  }

  /** Applies the options of a run that was loaded. */
  applyTo(id: number, { on_disconnect, disconnect_grace }: RunOptions): void {
    const policy = on_disconnect ?? this.#usual.policy
    if (policy === 'continue') this.#policies.delete(id)
    else this.#policies.set(id, { policy, grace: disconnect_grace ?? this.#usual.grace })
    if (this.#clients.has(id)) this.#noteFollowed(id)
  }

  /** A client has joined; returns how it leaves. */
  join(id: number): () => void {
    this.#clearTimer(id)
    this.#clients.set(id, (this.#clients.get(id) ?? 0) + 1)
    this.#noteFollowed(id)
    let hasLeft = false
    return () => {
      if (hasLeft) return
      hasLeft = true
      const left = this.#clients.get(id)! - 1
      if (left > 0) return void this.#clients.set(id, left)
      this.#clients.delete(id)
      this.startGraceIfEmpty(id)
    }
  }

  /** Begins the grace of a run that has no clients. */
  startGraceIfEmpty(id: number): void {
    const asked = this.#policies.get(id)
    if (!asked || asked.policy === 'continue' || this.#clients.has(id)) return
    this.#clearTimer(id)
    if (asked.grace === 0) return this.#apply(id, asked)
    this.#timers.set(
      id,
      this.#clock.setTimeout(() => this.#apply(id, asked), asked.grace * 1000)
    )
  }

  #apply(id: number, { policy }: DisconnectPolicy): void {
    this.#timers.delete(id)
    if (policy !== 'continue') this.#target.applyDisconnectPolicy(id, policy)
  }

  /** What was to happen to a run could not be done: it is tried again in a second, unless a client has come. */
  retry(id: number): void {
    const asked = this.#policies.get(id)
    if (!asked || this.#clients.has(id)) return
    this.#clearTimer(id)
    this.#timers.set(
      id,
      this.#clock.setTimeout(() => this.#apply(id, asked), RETRY)
    )
  }

  /** The run has ended. */
  forget(id: number): void {
    this.#clearTimer(id)
    this.#policies.delete(id)
  }

  #noteFollowed(id: number): void {
    if (this.#policies.has(id)) this.#target.onFollowed(id)
  }

  #clearTimer(id: number): void {
    const timer = this.#timers.get(id)
    if (timer === undefined) return
    this.#clock.clearTimeout(timer)
    this.#timers.delete(id)
  }
}

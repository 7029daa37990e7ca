import { asReplay } from '../../protocol/frames.ts'
import { isFinal } from '../../protocol/run-status.ts'
import type { LiveRun } from '../run/live-run.ts'
import type { RunLog, RunRow } from '../store/store.ts'
import type { DisconnectPolicies } from './disconnect-policy.ts'
import { type Subscriber, Subscribers } from './subscriber.ts'

/** How many frames are read at a time for somebody who comes late. */
const PAGE = 256

interface SubscriptionsOptions {
  runs: RunLog
  /** A run that is in memory. */
  present(id: number): LiveRun | undefined
  absences: DisconnectPolicies
}

/** Those who follow runs, and what they are told of the past. */
export class Subscriptions {
  readonly #deps: SubscriptionsOptions
  readonly #audiences = new Map<number, Subscribers>()

  constructor(deps: SubscriptionsOptions) {
    this.#deps = deps
  }

  /** How many follow a run. */
  count(id: number): number {
    return this.#audiences.get(id)?.size ?? 0
  }

  /** Those who follow a run. */
  subscribersOf(id: number): Subscribers {
    let audience = this.#audiences.get(id)
    if (!audience) {
      audience = new Subscribers()
      this.#audiences.set(id, audience)
    }
    return audience
  }

  /** The run is over and its last frame was told, or it is lost. */
  onRunEnded(id: number, lost: boolean): void {
    this.#deps.absences.forget(id)
    this.#audiences.get(id)?.end(lost)
    this.#audiences.delete(id)
  }

  /** The run is not in memory any more. */
  onEvicted(id: number): void {
    if (this.count(id) === 0) this.#audiences.delete(id)
  }

  /**
   * Lets somebody follow a run: with `after`, everything above it again and then all else; without, what comes from
   * now on. No gap, no repeat: the log is read to its end, and in the moment in which nothing in it is news the
   * listener joins those who hear what comes. Gives a way to leave.
   */
  async subscribe(run: RunRow, after: number | null, listener: Subscriber): Promise<() => void> {
    const leave = listener.isObserver ? () => {} : this.#deps.absences.join(run.id)
    const joined = await this.#follow(run, after, listener).catch((error) => {
      leave()
      throw error
    })
    if (!joined) leave()
    return () => {
      joined?.()
      leave()
    }
  }

  /** The next frames above a number, of those that were told: what is stored only now comes by itself. */
  async readFrames(id: number, after: number, limit = PAGE): Promise<{ seq: number; text: string }[]> {
    const page = await this.#deps.runs.frames(id, { after, limit })
    const last = this.#deps.present(id)?.seq ?? Number.POSITIVE_INFINITY
    return page.filter(({ seq }) => seq <= last).map(({ seq, text }) => ({ seq, text: asReplay(text) }))
  }

  /** Gives nothing where there is nothing more to follow, or the listener has left. */
  async #follow(run: RunRow, after: number | null, listener: Subscriber): Promise<(() => void) | undefined> {
    const { present } = this.#deps
    let over = isFinal(run.status)
    for (let told = after ?? Number.POSITIVE_INFINITY; ; ) {
      const live = present(run.id)
      if (live && told >= live.seq) return this.#join(run.id, after, listener)
      over ||= !live && (await this.#isOver(run.id))
      const page = after === null ? [] : await this.readFrames(run.id, told)
      if (page.length > 0) {
        listener.deliver(page)
        told = page.at(-1)!.seq
        if (!(await listener.untilRoom())) return undefined
      } else if (over) return void listener.onRunEnded(false)
      else if (!live && !present(run.id)) return this.#join(run.id, after, listener)
    }
  }

  /** Adds a listener who has heard all that was told; an answer that is half written comes as one chunk. */
  #join(id: number, after: number | null, listener: Subscriber): () => void {
    const audience = this.subscribersOf(id)
    const leave = audience.add(listener)
    const now = this.#deps.present(id)?.framesOnJoin(after) ?? []
    if (now.length > 0) listener.deliver(now.map(({ seq, text }) => ({ seq, text: asReplay(text) })))
    return () => {
      leave()
      const last = audience.size === 0 && !this.#deps.present(id)
      if (last && this.#audiences.get(id) === audience) this.#audiences.delete(id)
    }
  }

  /** Whether a run has ended, or was deleted. */
  async #isOver(id: number): Promise<boolean> {
    const run = await this.#deps.runs.get(id)
    return !run || isFinal(run.status)
  }
}

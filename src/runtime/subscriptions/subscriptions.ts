import { asReplay, type OutgoingFrame } from '../../protocol/frames.ts'
import { isFinal } from '../../protocol/run-status.ts'
import { type Logger, silentLogger } from '../shared/logger.ts'
import type { RunLog, RunRow } from '../store/store.ts'
import type { DisconnectPolicies } from './disconnect-policy.ts'
import { type Subscriber, Subscribers } from './subscriber.ts'

/** How many frames are read at a time during catch-up, at first and at most, and how many characters that may be. */
const [FIRST, PAGE, SIZE] = [16, 256, 2 ** 22]

/** A run that is in memory, as its subscribers need it. */
interface LoadedRun {
  /** The number of the last frame that was published. */
  readonly seq: number
  framesOnJoin(after: number | null): OutgoingFrame[]
}

interface SubscriptionsOptions {
  log: Pick<RunLog, 'get' | 'frames'>
  policies: DisconnectPolicies
  /** The runs in memory, by id. */
  loaded: ReadonlyMap<number, LoadedRun>
  /** Takes what went wrong with a subscriber. */
  logger?: Logger
}

/** The subscribers of all runs: catch-up from a cursor, then live. */
export class Subscriptions {
  readonly #log: SubscriptionsOptions['log']
  readonly #policies: DisconnectPolicies
  readonly #loaded: SubscriptionsOptions['loaded']
  readonly #byRun = new Map<number, Subscribers>()
  readonly #logger: Logger

  constructor({ log, policies, loaded, logger = silentLogger }: SubscriptionsOptions) {
    this.#log = log
    this.#logger = logger
    this.#policies = policies
    this.#loaded = loaded
  }

  /** How many subscribers a run has. */
  count(id: number): number {
    return this.#byRun.get(id)?.size ?? 0
  }

  subscribersOf(id: number): Subscribers {
    let subscribers = this.#byRun.get(id)
    if (!subscribers) {
      subscribers = new Subscribers(id, this.#logger)
      this.#byRun.set(id, subscribers)
    }
    return subscribers
  }

  /** Ends the subscriptions of a run that has ended, or that is `lost`: it cannot go on in this process. */
  onRunEnded(id: number, lost: boolean): void {
    this.#policies.forget(id)
    this.#byRun.get(id)?.end(lost)
    this.#byRun.delete(id)
  }

  /** A run was evicted: its subscribers stay. */
  onEvicted(id: number): void {
    if (this.count(id) === 0) this.#byRun.delete(id)
  }

  /**
   * Subscribes: with `after`, every frame above that number and then what is published; without, what is published
   * from now on. No gap, no repeat: the frame log is read to its end, and in the moment in which nothing in it is new
   * the subscriber joins those who are live. Returns how to unsubscribe.
   */
  async subscribe(run: RunRow, after: number | null, subscriber: Subscriber): Promise<() => void> {
    const leave = subscriber.isObserver ? () => {} : this.#policies.join(run.id)
    const unsubscribe = await this.#catchUp(run, after, subscriber).catch((error) => {
      leave()
      throw error
    })
    if (!unsubscribe) leave()
    return () => {
      unsubscribe?.()
      leave()
    }
  }

  /** The next `limit` published frames above a number, marked as replay. */
  async readFrames(id: number, after: number, limit = PAGE): Promise<{ seq: number; text: string }[]> {
    const page = await this.#log.frames(id, { after, limit })
    // What is committed but not published yet comes by itself.
    const last = this.#loaded.get(id)?.seq ?? Number.POSITIVE_INFINITY
    return page.filter(({ seq }) => seq <= last).map(({ seq, text }) => ({ seq, text: asReplay(text) }))
  }

  /** Undefined where the run has ended or the subscriber has left. */
  async #catchUp(
    run: RunRow,
    after: number | null,
    subscriber: Subscriber
  ): Promise<(() => void) | undefined> {
    let isOver = isFinal(run.status)
    let limit = FIRST
    for (let cursor = after ?? Number.POSITIVE_INFINITY; ; ) {
      const loaded = this.#loaded.get(run.id)
      if (loaded && cursor >= loaded.seq) return this.#goLive(run.id, after, subscriber)
      isOver ||= !loaded && (await this.#hasEnded(run.id))
      const page = after === null ? [] : await this.readFrames(run.id, cursor, limit)
      if (page.length > 0) {
        subscriber.deliver(page)
        cursor = page.at(-1)!.seq
        // Frames may be large: a page of many would take the memory of all the others.
        const size = page.reduce((sum, { text }) => sum + text.length, 0)
        limit = size > SIZE ? Math.max(1, limit >> 2) : Math.min(PAGE, limit * 2)
        if (!(await subscriber.untilRoom())) return undefined
      } else if (isOver) return void subscriber.onRunEnded(false)
      else if (!loaded && !this.#loaded.has(run.id)) return this.#goLive(run.id, after, subscriber)
    }
  }

  /** Adds a subscriber that has all published frames; a message that is half written comes as one chunk. */
  #goLive(id: number, after: number | null, subscriber: Subscriber): () => void {
    const subscribers = this.subscribersOf(id)
    const leave = subscribers.add(subscriber)
    const frames = this.#loaded.get(id)?.framesOnJoin(after) ?? []
    if (frames.length > 0) subscriber.deliver(frames.map(({ seq, text }) => ({ seq, text: asReplay(text) })))
    return () => {
      leave()
      const isUnused = subscribers.size === 0 && !this.#loaded.has(id)
      if (isUnused && this.#byRun.get(id) === subscribers) this.#byRun.delete(id)
    }
  }

  /** Whether a run has ended, or was deleted. */
  async #hasEnded(id: number): Promise<boolean> {
    const run = await this.#log.get(id)
    return !run || isFinal(run.status)
  }
}

import { reasons } from '../../protocol/errors.ts'
import type { RunLimits } from '../../protocol/run-options.ts'
import type { Spending } from '../contract/usage.ts'
import { ownPrices } from '../models/own-prices.ts'
import { type PriceList, priceOf } from '../models/prices.ts'
import type { Clock } from '../shared/clock.ts'

/** How a run that has reached a limit ends. */
export interface LimitEnd {
  /** After the present turn. */
  finish(reason: string): void
  /** At once: what is under way is aborted. */
  cancel(reason: string): void
}

interface LimitWatchOptions {
  limits: RunLimits
  clock: Clock
  /** When the run began, in milliseconds since 1970. */
  began: number
  end: LimitEnd
  /** What models cost; the list that comes with Troupe unless told. */
  prices?: PriceList
}

/** The longest that a timer waits, in milliseconds; a longer one would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1

/** The limits of a run and those of its team: of each the smaller one counts. */
export function strictest(one: RunLimits = {}, other: RunLimits = {}): RunLimits {
  const both: RunLimits = { ...one, ...other }
  for (const name of Object.keys(both) as (keyof RunLimits)[])
    both[name] = Math.min(one[name] ?? Number.POSITIVE_INFINITY, other[name] ?? Number.POSITIVE_INFINITY)
  return both
}

/** When a run that began at a time is to end at the latest; both in milliseconds since 1970. Null without a limit of time. */
export const latestEnd = (limits: RunLimits | undefined, began: number): number | null =>
  limits?.seconds === undefined ? null : began + limits.seconds * 1000

/**
 * Ends a run that has reached one of its limits: those of turns, tokens and cost after the turn in which that happens,
 * that of time at once.
 */
export class LimitWatch {
  readonly #options: LimitWatchOptions
  #turns = 0
  #tokens = 0
  #cost = 0
  /** A model without a known price. */
  #unpriced: string | undefined
  #hasTold = false
  #timer: unknown

  constructor(options: LimitWatchOptions) {
    this.#options = options
  }

  /** Begins to look at the time. A run whose time was over before this process had it ends as soon as it can. */
  start(): void {
    const { limits, clock, began, end } = this.#options
    if (limits.seconds === undefined) return
    const left = began + limits.seconds * 1000 - clock.now()
    const ring = () =>
      left > LONGEST_TIMER ? this.start() : end.cancel(reasons.limit_seconds(String(limits.seconds)))
    this.#timer = clock.setTimeout(ring, Math.min(Math.max(0, left), LONGEST_TIMER))
    ;(this.#timer as Partial<NodeJS.Timeout> | null)?.unref?.()
  }

  stop(): void {
    if (this.#timer !== undefined) this.#options.clock.clearTimeout(this.#timer)
  }

  /** The team has ended a turn; turn 0 is the task. */
  turnEnded(turn: number): void {
    this.#turns = turn
  }

  /** A model call was answered, in this process or in a replay. */
  spent({ usage, model, client }: Spending): void {
    const { limits, prices } = this.#options
    this.#tokens += usage.prompt_tokens + usage.completion_tokens
    if (limits.cost === undefined) return
    const list = prices ?? ownPrices()
    const price = priceOf(list, { name: model, client })
    if (price === null) this.#unpriced ??= model ?? client ?? ''
    else
      this.#cost +=
        (usage.prompt_tokens * price.input + usage.completion_tokens * price.output) / list.per_tokens
  }

  /** The run does something new: where a limit is reached it ends after the turn to which that belongs. */
  look(): void {
    const reason = this.#hasTold ? undefined : this.#reason()
    if (reason === undefined) return
    this.#hasTold = true
    this.#options.end.finish(reason)
  }

  #reason(): string | undefined {
    const { turns, tokens, cost } = this.#options.limits
    if (cost !== undefined && this.#unpriced !== undefined) return reasons.no_price(this.#unpriced)
    if (cost !== undefined && this.#cost >= cost) return reasons.limit_cost(String(cost))
    if (tokens !== undefined && this.#tokens >= tokens) return reasons.limit_tokens(String(tokens))
    // The turn under way is the last one.
    return turns !== undefined && this.#turns >= turns - 1 ? reasons.limit_turns(String(turns)) : undefined
  }
}

import { adviceFor } from './advice.ts'
import type { FailureAt } from './failures.ts'
import { labelOf } from './headline.ts'
import type { Item } from './items.ts'
import type { Bar } from './lanes.ts'
import type { Timeline } from './timeline.ts'
import { stateWords } from './words.ts'

/** Why a run has failed, as far as it is known. */
export interface FailureReport {
  /** Whose step it was; null where that is not known, or where the team could not be loaded. */
  actor: string | null
  /** `writer`, or `reader (in research)`. */
  who: string | null
  /** What it did then: `asking its model`. */
  doing: string | null
  /** Which of its calls of this kind: 2 for the second. */
  call: number | null
  /** The bar of that call. */
  bar: Bar | null
  /** The turn of the run's team in which it was, from 1. */
  turn: number | null
  /** The error in its own words. */
  message: string
  /** What is likely to help. */
  advice: string | null
  /** The position in the inspection stream; null where there is no such moment. */
  position: number | null
  /** Whether the team could not be loaded: then there is nothing to go on from. */
  isLoading: boolean
}

/** Why a run has failed; null where it has not. */
export function failureReport(timeline: Timeline, items: readonly Item[]): FailureReport | null {
  const end = items.findLast((item) => item.kind === 'end')
  if (end?.kind !== 'end' || end.status !== 'error') return null
  const message = String(end.result.task_result.messages[0]?.content ?? '')
  const { code } = end
  const cause = timeline.failures.cause
  const advice = adviceFor(message, code ?? cause?.code ?? null)
  const base = { message, advice, isLoading: isLoading(timeline, cause) }
  if (!cause) return { ...base, ...noMember, position: null }
  return { ...base, ...culprit(timeline, cause), position: cause.position }
}

const noMember = { actor: null, who: null, doing: null, call: null, bar: null, turn: null }

// Where the team could not be loaded no member can be named.
const isLoading = ({ lanes }: Timeline, cause: FailureAt | null): boolean =>
  lanes.list().length === 0 || cause?.state === 'starting'

function culprit(timeline: Timeline, { actor, state, position }: FailureAt) {
  const about = timeline.now.actors.get(actor)
  if (!about || about.machine === 'run' || about.machine === 'groupChat') return noMember
  const bar = timeline.lanes.lane(actor)?.bars.findLast(({ start }) => start <= position) ?? null
  const moment = timeline.momentOf(position)
  return {
    ...{ actor, who: labelOf(about), doing: stateWords(state).text, bar, call: bar?.number ?? null },
    // The turn in which it happened is the one after those that were over before.
    turn: (timeline.turns[Math.max(0, moment - 1)] ?? 0) + 1
  }
}

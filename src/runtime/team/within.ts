import type { ChatMessage } from '../../machines/messages/index.ts'
import { type Clock, systemClock } from '../shared/clock.ts'
import { deterministicIds } from '../shared/deterministic-ids.ts'
import { readTask } from '../shared/task.ts'
import type { ToolContext } from '../tools/tool.ts'
import type { RunOptions, RunOptionsWithTask } from './run-options.ts'

/** Keeps the steps of a run that is inside of a tool call, so that they are not repeated when the call is. */
export type Once = NonNullable<ToolContext['once']>

/** How a run inside of a tool call is named and kept. */
export interface Place {
  /** Names the run in idempotency keys. */
  id?: string
  once?: Once
}

/** How many runs were begun inside of each call. */
const runsIn = new WeakMap<ToolContext, number>()

/** Options with what a run inside of a tool call has from that call, and where it stands there. */
export function insideOf({ within, ...options }: RunOptionsWithTask): {
  options: RunOptionsWithTask
  place: Place
} {
  if (!within) return { options, place: {} }
  const number = runsIn.get(within) ?? 0
  runsIn.set(within, number + 1)
  const { signal, context, env, network, activity, askAs, approveAs, once, seed, idempotencyKey: id } = within
  const place: Place =
    number === 0 ? { id, once } : { id: `${id}:${number}`, once: once && numbered(once, number) }
  const inherited: RunOptions = { signal, context, env, network, activity, ...(askAs && { input: askAs }) }
  if (approveAs) inherited.approve = approveAs
  if (seed !== undefined) inherited.seed = number === 0 ? seed : deterministicIds(seed, `run:${number}`)()
  return { options: { ...inherited, ...defined(options) }, place }
}

/** The messages of a task. Inside of a tool call they have the same ids when the call is made again. */
export function taskOf({ task, clock, seed }: RunOptionsWithTask): ChatMessage[] | null {
  if (task == null) return null
  const time: Clock = clock ?? systemClock
  return readTask(task, time, seed === undefined ? undefined : deterministicIds(seed, 'task'))
}

const numbered =
  (once: Once, number: number): Once =>
  (key, step) =>
    once(`${number}:${key}`, step)

const defined = <T extends object>(given: T): Partial<T> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<T>

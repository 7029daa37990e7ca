import { z } from 'zod'

/** How often an agent asks its model again. */
export const Retry = z.strictObject({
  times: z.int().min(0).max(100),
  delay_ms: z.number().min(0).max(3_600_000).default(0)
})
export type Retry = z.infer<typeof Retry>

/** How often an agent asks its model again, as a program says it. */
export interface RetryOptions {
  /** How often, after the first time: 0 to 100. */
  times: number
  /** Milliseconds before each further time; none unless told. */
  delayMs?: number
}

export const retryOptionNames: readonly (keyof RetryOptions)[] = ['times', 'delayMs']

/** Refusals that are the same however often a request is sent, and those among such statuses that are not. */
const [FIRST, LAST] = [400, 499]
const passing = new Set([408, 409, 425, 429])

/** Whether a call that has failed so may succeed when it is made again. The same in a replay: only the status counts. */
export function mayPass(error: unknown): boolean {
  const { status } = (error ?? {}) as { status?: unknown }
  return typeof status !== 'number' || status < FIRST || status > LAST || passing.has(status)
}

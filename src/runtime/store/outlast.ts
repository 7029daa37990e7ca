import { setTimeout as sleep } from 'node:timers/promises'
import { DatabaseUnreachable } from './commit-errors.ts'

/** How long to wait before a database that cannot be reached is asked again, in milliseconds. */
const PATIENCE = 250

/**
 * Reads what a run cannot go on without, and waits for the database while it cannot be reached: an outage is no reason
 * for a run to fail. Throws any other error.
 */
export async function outlast<Result>(read: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await read()
    } catch (error) {
      if (!(error instanceof DatabaseUnreachable)) throw error
      await sleep(PATIENCE, undefined, { ref: false })
    }
  }
}

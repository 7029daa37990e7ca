import { TroupeError } from '../../protocol/errors.ts'
import { inTime } from '../../runtime/shared/in-time.ts'

/** How long a request waits until what it asks for is stored, in milliseconds. */
const PATIENCE = 10_000

/** Waits until something is stored; throws `not_stored` where that takes too long: it is done all the same. */
export const untilStored = <T>(stored: Promise<T>): Promise<T> =>
  inTime(stored, PATIENCE, () => new TroupeError('not_stored', String(PATIENCE / 1000)))

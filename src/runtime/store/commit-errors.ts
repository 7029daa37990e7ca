import { ConstraintViolationException } from '@mikro-orm/core'

/** A commit names a run that is not in the database (any more). */
export class UnknownRow extends Error {
  constructor(run: number) {
    super(`There is no run ${run} in the database`)
    this.name = 'UnknownRow'
  }
}

const permanent = [ConstraintViolationException, UnknownRow, TypeError, RangeError]

/**
 * Whether a commit that failed with this error would fail each time: it contradicts what is stored, or it cannot be
 * written at all. Any other error, such as a full disk or a lock, may pass.
 */
export const isPermanentError = (error: unknown): boolean => permanent.some((kind) => error instanceof kind)

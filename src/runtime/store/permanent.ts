import { ConstraintViolationException } from '@mikro-orm/core'

/** A change of a run that the database does not know any more. */
export class UnknownRow extends Error {
  constructor(run: number) {
    super(`There is no run ${run} in the database`)
    this.name = 'UnknownRow'
  }
}

const permanent = [ConstraintViolationException, UnknownRow, TypeError, RangeError]

/**
 * Whether a commit that failed so would fail each time: what is stored contradicts it, or it cannot be written. All
 * else, such as a full disk or a lock, may pass.
 */
export const isPermanent = (error: unknown): boolean => permanent.some((kind) => error instanceof kind)

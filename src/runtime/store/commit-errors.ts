import { ConstraintViolationException, type Dictionary } from '@mikro-orm/core'

export { DatabaseUnreachable, reasonOf } from '../../protocol/errors.ts'

/** A commit names a run that is not in the database (any more). */
export class UnknownRow extends Error {
  constructor(run: number) {
    super(`There is no run ${run} in the database`)
    this.name = 'UnknownRow'
  }
}

/** Another server has taken over what this one writes: nothing of it is written any more. */
export class Fenced extends Error {
  constructor() {
    super('Another server has taken the database over')
    this.name = 'Fenced'
  }
}

/** The store was closed; nothing is read or written any more. */
export class StoreClosed extends Error {
  constructor() {
    super('The store is closed')
    this.name = 'StoreClosed'
  }
}

const permanent = [ConstraintViolationException, UnknownRow, Fenced, TypeError, RangeError]
/** PostgreSQL's codes for values that it cannot take, or that are too large. */
const unfit = /^(22|54)...$/

/**
 * Whether a commit that failed with this error would fail each time: it contradicts what is stored, or it cannot be
 * written at all. Any other error, such as a full disk, a lock or a database that cannot be reached, may pass.
 */
export const isPermanentError = (error: unknown): boolean =>
  permanent.some((kind) => error instanceof kind) || unfit.test(String((error as Dictionary)?.code))

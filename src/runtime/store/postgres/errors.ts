import {
  type Dictionary,
  type DriverException,
  ExceptionConverter,
  UniqueConstraintViolationException
} from '@mikro-orm/core'
import { PostgreSqlPlatform } from '@mikro-orm/postgresql'
import { DatabaseUnreachable, Fenced, StoreClosed, UnknownRow } from '../commit-errors.ts'

/** What PostgreSQL says when it closes a connection or takes none: shut down, crashed, starting, too many. */
const closing = /^(08...|57P0[1-5]|53300)$/

/** By these codes a commit says that its epoch is over, or that a run is not there: the message is its id. */
export const [FENCED, UNKNOWN_RUN] = ['TR001', 'TR002']

/** The database would lose what it has confirmed. */
export class NotDurable extends Error {}

/** What says enough as it is: a mistake of this program, or no answer of a database. */
const own = [TypeError, RangeError, NotDurable, DatabaseUnreachable, UnknownRow, Fenced, StoreClosed]

/** Whether an error means that the connection broke, or that there was none. What PostgreSQL answers has a severity. */
const isConnectionError = ({ severity, code }: Dictionary): boolean =>
  severity === undefined || severity === 'FATAL' || closing.test(code)

/** Says what went wrong in the words of this program and of MikroORM, the same for all databases. */
export class Errors extends ExceptionConverter {
  readonly #usual: ExceptionConverter

  constructor(usual = new PostgreSqlPlatform().getExceptionConverter()) {
    super()
    this.#usual = usual
  }

  override convertException(error: Error & Dictionary): DriverException {
    if (own.some((kind) => error instanceof kind)) return error as DriverException
    if (isConnectionError(error)) return new DatabaseUnreachable(error) as unknown as DriverException
    if (error.code === FENCED) return new Fenced() as unknown as DriverException
    if (error.code === UNKNOWN_RUN) return new UnknownRow(Number(error.message)) as unknown as DriverException
    // A user has one row of settings; ids of users are too long for an index that says so in the usual way.
    if (error.code === '23P01') return new UniqueConstraintViolationException(error)
    return this.#usual.convertException(error)
  }
}

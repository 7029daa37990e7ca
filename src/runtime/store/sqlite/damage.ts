import { type Dictionary, type DriverException, ExceptionConverter } from '@mikro-orm/core'

const damaged = /^SQLITE_(CORRUPT|NOTADB)/

/** Notices from errors that the file of a database is damaged. It stays so until it is replaced. */
export class Damage extends ExceptionConverter {
  readonly #usual: ExceptionConverter
  #trouble: string | null = null

  constructor(usual: ExceptionConverter) {
    super()
    this.#usual = usual
  }

  /** What is wrong, or null. */
  get trouble(): string | null {
    return this.#trouble
  }

  note(error: unknown): void {
    const { code, message } = error as Error & { code?: unknown }
    if (damaged.test(String(code)))
      this.#trouble = `The database is damaged (${message}): put a backup in its place.`
  }

  override convertException(error: Error & Dictionary): DriverException {
    this.note(error)
    return this.#usual.convertException(error)
  }
}

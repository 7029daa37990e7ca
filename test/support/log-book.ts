import type { LogFields, Logger, LogLevel } from '../../src/runtime/shared/logger.ts'

/** A logger whose lines can be read. */
export class LogBook implements Logger {
  readonly lines: ({ level: LogLevel; text: string } & LogFields)[] = []
  debug = this.#writer('debug')
  info = this.#writer('info')
  warn = this.#writer('warn')
  error = this.#writer('error')

  /** The lines that are at least a warning. */
  get problems() {
    return this.lines.filter(({ level }) => level === 'warn' || level === 'error')
  }

  #writer(level: LogLevel) {
    return (fields: LogFields, text: string) => void this.lines.push({ level, text, ...fields })
  }
}

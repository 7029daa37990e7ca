import { createRequire } from 'node:module'
import type { Logger as Pino } from 'pino'
import type { LogFields, Logger, LogLevel } from '../runtime/shared/logger.ts'

/** From the least to the most important. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const satisfies readonly LogLevel[]

/** Bytes of lines that wait for who reads stderr. What comes beyond is dropped: the server does not wait for its log. */
const MOST = 8 * 2 ** 20
/** How much of a stack is written, in characters. */
const STACK = 8_000
/** How many causes of an error are written. */
const CAUSES = 5

/** Where lines go; the stderr of this process unless told. */
export interface LogDestination {
  write(text: string): void
}

/**
 * Writes what is at least so important as JSON lines: `time`, `level` as a word, the fields, `msg`. What writes them is
 * loaded with the first line: a server that is well has nothing to say before it listens.
 */
export function logger(least: LogLevel, destination?: LogDestination): Logger {
  let pino: Pino | undefined
  const at = (level: LogLevel) =>
    logLevels.indexOf(level) < logLevels.indexOf(least)
      ? () => {}
      : (fields: LogFields, text: string) => {
          pino ??= open(least, destination)
          pino[level](fields, text)
        }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

function open(level: LogLevel, destination: LogDestination | undefined): Pino {
  // Not by an import: who has something to log does not wait for it.
  const { pino } = createRequire(import.meta.url)('pino') as typeof import('pino')
  return pino(
    {
      ...{ level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: (error: unknown) => described(error) }
    },
    destination ?? pino.destination({ fd: 2, sync: false, maxLength: MOST })
  )
}

/** An error by its type, code, text and stack, and its causes; its other properties may hold anything. */
function described(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error === undefined ? undefined : String(error)
  const { name, message, stack, cause } = error
  const { code } = error as NodeJS.ErrnoException
  return {
    type: name,
    ...(code !== undefined && { code }),
    message,
    stack: stack?.slice(0, STACK),
    ...(cause !== undefined && depth < CAUSES && { cause: described(cause, depth + 1) })
  }
}

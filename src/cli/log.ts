import type { Log, LogLevel } from '../server/http/http.ts'

/** From the least to the most important. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const satisfies readonly LogLevel[]

/** Writes what is at least so important as JSON lines, the cause with them. */
export const logger =
  (least: LogLevel, write: (text: string) => void): Log =>
  (text, cause, level = 'error') => {
    if (logLevels.indexOf(level) < logLevels.indexOf(least)) return
    const detail = cause instanceof Error ? cause.stack : cause === undefined ? undefined : String(cause)
    write(`${JSON.stringify({ time: new Date().toISOString(), level, text, detail })}\n`)
  }

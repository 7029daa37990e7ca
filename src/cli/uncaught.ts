import type { Logger } from '../runtime/shared/logger.ts'

/** After so many errors within a minute something is wrong with the process itself. */
const MOST = 100
const MINUTE = 60_000

/**
 * Writes uncaught errors into the log. The process goes on, since what other users do has nothing to do with
 * them; where they do not end it leaves a report and ends with 1, so that it is started anew. Gives how to stop that.
 */
export function logUncaught(log: Logger): () => void {
  let count = 0
  let since = 0
  const note = (error: unknown, origin: string): void => {
    const now = Date.now()
    if (now - since > MINUTE) [count, since] = [0, now]
    log.error({ code: 'internal', origin, err: error }, 'uncaught error')
    if (++count < MOST) return
    log.error(
      { code: 'internal', count },
      'the process ends: too many errors were not caught within a minute'
    )
    process.report.writeReport()
    process.exit(1)
  }
  process.on('uncaughtException', note)
  return () => void process.off('uncaughtException', note)
}

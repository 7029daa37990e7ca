import type { Log } from '../server/http.ts'

/** Writes errors as JSON lines, the cause with them. */
export const logger =
  (level: string, write: (text: string) => void): Log =>
  (text, error) => {
    const detail = error instanceof Error ? error.stack : error === undefined ? undefined : String(error)
    write(`${JSON.stringify({ time: new Date().toISOString(), level: 'error', text, detail, at: level })}\n`)
  }

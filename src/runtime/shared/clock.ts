/** Where time comes from; tests bring their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  setTimeout(callback: () => void, milliseconds: number): unknown
  clearTimeout(timer: unknown): void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (callback, milliseconds) => setTimeout(callback, milliseconds),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout)
}

let last = Number.NaN
let written = ''

/** A time in ISO 8601. Many things happen within one millisecond, and writing it takes longer than most of them. */
export function isoTime(milliseconds: number): string {
  if (milliseconds !== last) {
    written = new Date(milliseconds).toISOString()
    last = milliseconds
  }
  return written
}

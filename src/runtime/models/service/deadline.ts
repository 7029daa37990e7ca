/** A caller's signal joined with a time limit; `end` has to be called whatever comes of it. */
export interface Deadline {
  signal: AbortSignal
  /**
   * Begins the time limit anew: there was a sign of life. Signs of life alone (`idle`), such as comments that keep a
   * connection open, do so for as long as six time limits take.
   */
  restart(idle?: boolean): void
  end(): void
}

const LONGEST_TIMER = 2 ** 31 - 1
/** How many time limits may pass with nothing but signs of life. */
const PATIENCE = 6

/**
 * Starts a time limit.
 *
 * @param caller its abort is passed on, with its reason
 * @param ms milliseconds
 * @param late makes the error with which the signal is aborted when the time is up
 */
export function deadline(caller: AbortSignal, ms: number, late: () => Error): Deadline {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(late()), Math.min(ms, LONGEST_TIMER))
  const stop = () => controller.abort(caller.reason)
  if (caller.aborted) stop()
  else caller.addEventListener('abort', stop, { once: true })
  let idleSince: number | undefined
  return {
    signal: controller.signal,
    restart(idle = false) {
      const now = idle ? performance.now() : 0
      idleSince = idle ? (idleSince ?? now) : undefined
      if (idleSince === undefined || now - idleSince <= PATIENCE * ms) timer.refresh()
    },
    end() {
      clearTimeout(timer)
      caller.removeEventListener('abort', stop)
    }
  }
}

/** A caller's signal joined with a time limit; `end` has to be called whatever comes of it. */
export interface Deadline {
  signal: AbortSignal
  /** Begins the time limit anew: there was a sign of life. */
  restart(): void
  end(): void
}

const LONGEST_TIMER = 2 ** 31 - 1

/** Starts a time limit of `ms` milliseconds that aborts with the error `late` makes. */
export function deadline(caller: AbortSignal, ms: number, late: () => Error): Deadline {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(late()), Math.min(ms, LONGEST_TIMER))
  const stop = () => controller.abort(caller.reason)
  if (caller.aborted) stop()
  else caller.addEventListener('abort', stop, { once: true })
  return {
    signal: controller.signal,
    restart: () => timer.refresh(),
    end() {
      clearTimeout(timer)
      caller.removeEventListener('abort', stop)
    }
  }
}

/** The longest that a timer waits, in milliseconds. */
const LONG = 2 ** 30

/** Keeps the process alive for who waits for a run, which may only wait for a person itself. Returns how to let go. */
export function keepAlive(): () => void {
  const timer = setInterval(() => {}, LONG)
  return () => clearInterval(timer)
}

/** How long instant answers may follow one another before everything else gets a chance, in milliseconds. */
const PATIENCE = 5

const waiting: (() => void)[] = []
let began = 0

/**
 * Runs a step now, or, once this loop turn has worked for long enough, in a later one. Without it a run of instant
 * answers would have its first and its last word before any other run has its first.
 */
export function paced(step: () => void): void {
  const now = performance.now()
  if (began === 0) {
    began = now
    setImmediate(drain)
  }
  if (now - began < PATIENCE) step()
  else waiting.push(step)
}

function drain(): void {
  began = 0
  if (waiting.length === 0) return
  began = performance.now()
  setImmediate(drain)
  for (const step of waiting.splice(0)) step()
}

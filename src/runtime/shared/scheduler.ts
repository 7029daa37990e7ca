/** How long steps may follow one another before everything else gets a chance, in milliseconds. */
const PATIENCE = 5
/** Where runs that begin and others wait, each so many-th step is one of the others'. */
const SHARE = 8

type Step = () => void

/** Steps of runs that have said nothing yet. They come first: of many runs that begin at once each is soon heard of. */
const first: Step[] = []
const others: Step[] = []
let taken = 0
/** When this turn of the event loop began to work; 0 before. */
let began = 0

/**
 * Runs a step now, or, once this turn of the event loop has worked for long enough, in a later one. Without it a run of
 * instant answers would have its first and its last word before any other run has its first.
 */
export function paced(step: Step, isFirst = false): void {
  if (began === 0) begin()
  const now = hasTime() && (isFirst || first.length === 0)
  if (now) step()
  else (isFirst ? first : others).push(step)
}

/** Resolves when it is the turn of a run that begins. */
export const turnToBegin = (): Promise<void> => new Promise((resolve) => paced(resolve, true))
/** Resolves when it is the turn of one who goes on. */
export const turnToGoOn = (): Promise<void> => new Promise((resolve) => paced(resolve))

/** Counts, in milliseconds, what a step leaves to be done later in this turn: storing and sending what was said. */
export function owe(milliseconds: number): void {
  began -= began === 0 ? 0 : milliseconds
}

const hasTime = () => performance.now() - began < PATIENCE

function begin(): void {
  began = performance.now()
  setImmediate(end)
}

function end(): void {
  began = 0
  if (first.length + others.length === 0) return
  begin()
  drain()
}

// After each step all that follows from it at once is done, so that what one run says in a row is stored and sent
// together.
function drain(): void {
  const step = hasTime() ? next() : undefined
  if (!step) return
  step()
  queueMicrotask(inAWhile)
}

// A tick that is wished for by a microtask comes when there are no microtasks left; one wished for by a tick does not.
const inAWhile = () => process.nextTick(drain)

const next = (): Step | undefined =>
  (++taken % SHARE === 0 ? others.shift() : undefined) ?? first.shift() ?? others.shift()

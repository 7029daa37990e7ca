import type { RunChange, Store } from '../../src/runtime/store/store.ts'

/** What the promises of a store are checked with: a new store that has one session, ann's. */
export interface StoreContext {
  store: Store
  session: number
  /** Creates a run in the session. */
  create(): Promise<number>
  /** The numbers of a run's frames. */
  seqs(run: number): Promise<number[]>
}

export const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
export const ann = 'ann@example.com'
export const bob = 'bob@example.com'
export const team = { provider: 'team', config: { participants: [{ nested: [1, null, 'x'] }] } }

/** What databases and drivers stumble over. */
export const texts = [
  ['nothing', ''],
  ['NUL', 'nul \0 in it'],
  ['quotes and marks', `it's ? ?? \\? "q" \\`],
  ['emoji', '😀 é'],
  ['line separators', '\u2028\u2029\r\n'],
  ['much', 'x'.repeat(2_000_000)]
] as const

/** A change with nothing in it but what is given. */
export const change = (run: number, given: Partial<RunChange> = {}): RunChange => ({
  run,
  frames: [],
  journal: [],
  ...given
})
/** Frames of the given numbers, whose text is their number. */
export const frames = (...seqs: number[]) =>
  seqs.map((seq) => ({ seq, type: seq % 2 ? 'message' : 'event', text: `${seq}` }))
/** Journal entries of the given numbers. */
export const entries = (...ns: number[]) => ns.map((n) => ({ n, kind: 'command', body: `{"n":${n}}` }))
/** The state of a run that has come to a number. */
export const state = (seq: number) => ({
  revision: 1,
  seq,
  journal: seq,
  snapshot: `{"value":${seq}}`,
  wake_at: null
})

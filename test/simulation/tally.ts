/** What can happen to a run or a server in the simulation. */
export const mishaps = [
  'kill',
  'killWhileRecovering',
  'terminate',
  'pause',
  'resume',
  'restAcrossRestart',
  'stop',
  'gracefulStop',
  'disconnect',
  'reconnectAtOwnCursor',
  'reconnectAtRandomCursor',
  'slowClient',
  'tooSlowClient',
  'answerTwice',
  'lateAnswer',
  'repeatedCall'
] as const
export type Mishap = (typeof mishaps)[number]

/** Counts what really happened. */
export class Tally {
  readonly counts: Record<Mishap, number>
  /** How many runs were under way at each kill. */
  readonly inFlight: number[] = []
  /** How runs came out: by status. */
  readonly ends: Record<string, number> = {}

  constructor() {
    this.counts = Object.fromEntries(mishaps.map((mishap) => [mishap, 0])) as Record<Mishap, number>
  }

  note(mishap: Mishap): void {
    this.counts[mishap]++
  }

  ended(status: string): void {
    this.ends[status] = (this.ends[status] ?? 0) + 1
  }
}

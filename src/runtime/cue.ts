import type { Answer } from './stage.ts'

/** What a chart tells a script. */
export type Cue =
  | { type: 'proceed' | 'pause' | 'cancel' }
  | ({ type: 'answer' } & Answer)
  | { type: 'led'; output?: unknown; error?: unknown }

/** What a script tells its chart: what it wants to do next, that it broke, or what came of it. */
export type Told = { type: string } & Record<string, unknown>

/** Where an effect waits for what its chart hands on to it. */
export class Cues {
  #hear: ((cue: Cue) => void) | null = null

  /** Hands a cue to whoever waits for one. */
  hand(cue: Cue): void {
    this.#hear?.(cue)
  }

  /** The next cue; rejects when the signal is aborted first. */
  async next(signal: AbortSignal): Promise<Cue> {
    const heard = Promise.withResolvers<Cue>()
    const giveUp = () => heard.reject(signal.reason)
    signal.addEventListener('abort', giveUp, { once: true })
    this.#hear = heard.resolve
    try {
      return await heard.promise
    } finally {
      this.#hear = null
      signal.removeEventListener('abort', giveUp)
    }
  }
}

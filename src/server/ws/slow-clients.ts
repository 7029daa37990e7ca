/** A client for which something may wait. */
export interface WaitedFor {
  /** Bytes that wait for it. */
  readonly buffered: number
  /** Ends it without a word. */
  cut(): unknown
}

/** How long a client may take nothing of what waits for it, in milliseconds. */
const PATIENCE = 15_000
/** How often that is looked at, in milliseconds. */
const BEAT = 1000

/** Cuts off clients that read nothing. One timer for all, and only while something waits for any of them. */
export class SlowClients {
  /** When each has last taken something, in milliseconds. */
  readonly #waiting = new Map<WaitedFor, number>()
  #timer: NodeJS.Timeout | undefined

  /** Something waits for a client. */
  watch(client: WaitedFor): void {
    if (this.#waiting.has(client)) return
    this.#waiting.set(client, performance.now())
    this.#timer ??= setInterval(() => this.#look(), BEAT).unref()
  }

  /** A client has taken something. */
  took(client: WaitedFor): void {
    if (client.buffered === 0) this.forget(client)
    else if (this.#waiting.has(client)) this.#waiting.set(client, performance.now())
  }

  /** Nothing waits for a client any more. */
  forget(client: WaitedFor): void {
    if (!this.#waiting.delete(client) || this.#waiting.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #look(): void {
    const late = performance.now() - PATIENCE
    for (const [client, since] of [...this.#waiting]) {
      if (client.buffered > 0 && since > late) continue
      this.forget(client)
      if (client.buffered > 0) client.cut()
    }
  }
}

/** Something that a token keeps open. */
export interface Expiring {
  /** Whose it is, and by which token it was opened. */
  readonly holder?: TokenHolder
  /** The token is over. */
  expire(): void
}

/** Who holds a token: the id of the user, and SHA-256 of the token. */
export interface TokenHolder {
  id: string | null
  token?: string
}

/** Ends what tokens keep open when they expire: one timer for all of it, by the second. */
export class TokenExpiries {
  readonly #due = new Map<number, Set<Expiring>>()
  #timer: NodeJS.Timeout | undefined

  /** `at` is in milliseconds since 1970. */
  add(thing: Expiring, at: number): void {
    const second = Math.ceil(at / 1000)
    const there = this.#due.get(second)
    if (there) there.add(thing)
    else this.#due.set(second, new Set([thing]))
    this.#timer ??= setInterval(() => this.#tick(), 1000).unref()
  }

  /** To be told when it has ended by itself; `at` as it was added. */
  remove(thing: Expiring, at: number): void {
    const second = Math.ceil(at / 1000)
    const there = this.#due.get(second)
    if (there?.delete(thing) && there.size === 0) this.#due.delete(second)
    if (this.#due.size === 0) this.#rest()
  }

  /** Ends everything at once that tokens have opened which were revoked. */
  revoked(isRevoked: (holder: TokenHolder) => boolean): void {
    for (const things of [...this.#due.values()])
      for (const thing of [...things]) if (thing.holder && isRevoked(thing.holder)) thing.expire()
  }

  /** Ends everything whose time has come. Tokens live about as long as each other, so there are few seconds. */
  #tick(): void {
    const now = Date.now() / 1000
    for (const [second, things] of [...this.#due]) {
      if (second > now) continue
      this.#due.delete(second)
      for (const thing of things) thing.expire()
    }
    if (this.#due.size === 0) this.#rest()
  }

  #rest(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}

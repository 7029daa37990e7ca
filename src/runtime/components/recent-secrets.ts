import type { Secrets, StoredSecret } from '../store/store.ts'

/** So long a secret is remembered, in milliseconds: another process may delete it. */
const AGE = 5000
/** The most secrets that are remembered. */
const MOST = 10_000

interface Remembered<Value> {
  value: Promise<Value>
  until: number
}

/**
 * Remembers for a few seconds what was stored and read: every start asks for every key of its team, once to take it out
 * and once to put it back, and many starts come together.
 */
export class RecentSecrets implements Secrets {
  readonly #secrets: Secrets
  readonly #now: () => number
  readonly #ids = new Map<string, Remembered<string>>()
  readonly #found = new Map<string, Remembered<StoredSecret | undefined>>()

  /** @param now milliseconds, on a clock that only goes on */
  constructor(secrets: Secrets, now = () => performance.now()) {
    this.#secrets = secrets
    this.#now = now
  }

  put(secret: Omit<StoredSecret, 'id'>): Promise<string> {
    const { user_id, place, value } = secret
    return this.#remembered(this.#ids, JSON.stringify([user_id, place, value]), () =>
      this.#secrets.put(secret)
    )
  }

  get(id: string): Promise<StoredSecret | undefined> {
    return this.#remembered(this.#found, id, () => this.#secrets.get(id))
  }

  #remembered<Value>(
    memory: Map<string, Remembered<Value>>,
    key: string,
    ask: () => Promise<Value>
  ): Promise<Value> {
    const known = memory.get(key)
    if (known && known.until > this.#now()) return known.value
    const value = ask()
    memory.delete(key)
    memory.set(key, { value, until: this.#now() + AGE })
    // The oldest come first.
    for (const [old, { until }] of memory) {
      if (until > this.#now() && memory.size <= MOST) break
      memory.delete(old)
    }
    // What is not there, or could not be read, may be there the next time.
    const forget = () => memory.get(key)?.value === value && memory.delete(key)
    value.then((found) => found === undefined && forget(), forget)
    return value
  }
}

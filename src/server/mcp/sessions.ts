import { randomUUID } from 'node:crypto'
import type { User } from '../http/http.ts'

/** How long a page has to open its socket, in milliseconds. */
const PATIENCE = 300_000
/** The most sessions that wait for their socket, of all users and of one of them; the oldest go first. */
const [MOST, MOST_OF_ONE] = [1000, 100]

/** What a page wants to connect to, until its socket comes. */
export interface McpVisit {
  id: string
  params: Record<string, unknown>
  user: User
}

/** Keeps what pages want to connect to: each session is for one socket, and its id is known to one page only. */
export class McpSessions {
  readonly #waiting = new Map<string, McpVisit & { until: number }>()
  readonly #ending = new Set<Promise<void>>()

  /** Notes a wish and gives the id of its session. */
  remember(params: Record<string, unknown>, user: User): string {
    const now = Date.now()
    for (const [id, { until }] of this.#waiting)
      if (until < now || this.#waiting.size >= MOST) this.#waiting.delete(id)
      else break
    const own = [...this.#waiting.values()].filter((one) => one.user.id === user.id)
    if (own.length >= MOST_OF_ONE) this.#waiting.delete(own[0]!.id)
    const id = randomUUID()
    this.#waiting.set(id, { id, params, user, until: now + PATIENCE })
    return id
  }

  /** Whose a session is; undefined where there is none. */
  userOf(id: string): User | undefined {
    return this.#fresh(id)?.user
  }

  /** Gives a session to its socket, once. */
  take(id: string): McpVisit | undefined {
    const session = this.#fresh(id)
    this.#waiting.delete(id)
    return session
  }

  /** Notes a connection that is being closed. */
  ends(closing: Promise<void>): void {
    const ended = closing.catch(() => {}).finally(() => this.#ending.delete(ended))
    this.#ending.add(ended)
  }

  /** Resolves when nothing is left of the connections that were closed, no process either. */
  async ended(): Promise<void> {
    await Promise.all(this.#ending)
  }

  #fresh(id: string): McpVisit | undefined {
    const session = this.#waiting.get(id)
    return session && session.until >= Date.now() ? session : undefined
  }
}

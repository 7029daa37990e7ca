import type { ChatBody } from './request.ts'
import { type Workaround, workarounds } from './workarounds.ts'

/** What this many accounts refuse is remembered; the account that was not asked for longest is forgotten first. */
const MOST = 1000

const known = new Map<string, readonly Workaround[]>()

/** Statuses of refusals that may speak of what stands in the request. Some servers stumble over it (500). */
const telling = new Set([400, 404, 405, 415, 422, 500, 501])

/** The requests of one call: as it is meant, and then without what the server refuses. */
export class RefusalLearner {
  readonly #account: string
  readonly #applied: Workaround[]

  /** @param account who is asked: a server, a model and a key */
  constructor(account: string) {
    this.#account = account
    this.#applied = [...(known.get(account) ?? [])]
  }

  /** The request without what this server is known to refuse. */
  apply(body: ChatBody): ChatBody {
    return this.#applied.reduce(
      (changed, one) => (one.concerns(changed) ? one.apply(changed) : changed),
      body
    )
  }

  /** Whether there is a way around what a refusal speaks of; the next `apply` takes it. */
  learn(status: number, said: string, body: ChatBody): boolean {
    if (!telling.has(status)) return false
    const text = said.slice(0, 4000)
    const found = workarounds.find(
      (one) => !this.#applied.includes(one) && one.explains(text) && one.concerns(body)
    )
    if (found) this.#applied.push(found)
    return found !== undefined
  }

  /** The server has taken the request: what was learned on the way counts from now on. */
  succeeded(): void {
    const before = known.get(this.#account) ?? []
    if (this.#applied.every((one) => before.includes(one))) return
    known.delete(this.#account)
    known.set(this.#account, [...new Set([...before, ...this.#applied])])
    if (known.size > MOST) known.delete(known.keys().next().value!)
  }
}

/** The most answers of which one client may say again that it gave them. */
const MOST = 1000

/** What one client has answered: where it does not know whether its answer has come it sends it again. */
export class InputAcks {
  readonly #given = new Map<string, string>()

  /** Notes what was answered to a request. */
  note(request: string, response: string): void {
    this.#given.delete(request)
    this.#given.set(request, response)
    if (this.#given.size > MOST) this.#given.delete(this.#given.keys().next().value!)
  }

  /** Whether that was answered already; without a request: whether it was the last answer. */
  has(response: string, request = [...this.#given.keys()].at(-1)): boolean {
    return request !== undefined && this.#given.get(request) === response
  }
}

/** The numbered names of a recording and what they stand for in one play of it. */
export class Bindings {
  #values = new Map<string, unknown>()

  has(name: string): boolean {
    return this.#values.has(name)
  }

  value(name: string): unknown {
    return this.#values.get(name)
  }

  /** Says beforehand what a name stands for. */
  define(name: string, value: unknown): void {
    this.#values.set(name, value)
  }

  /** Whether the value may stand for the name: the same one everywhere, another one for each name of a kind. */
  bind(name: string, value: unknown): boolean {
    if (this.#values.has(name)) return this.#values.get(name) === value
    if (this.#taken(kindOf(name), value)) return false
    this.#values.set(name, value)
    return true
  }

  /** Tries something out and forgets what it bound if it gives a difference. */
  attempt<Difference>(trial: () => Difference | undefined): Difference | undefined {
    const before = new Map(this.#values)
    const difference = trial()
    if (difference) this.#values = before
    return difference
  }

  #taken(kind: string, value: unknown): boolean {
    for (const [name, other] of this.#values) if (other === value && kindOf(name) === kind) return true
    return false
  }
}

const kindOf = (name: string): string => name.split(':', 1)[0]!

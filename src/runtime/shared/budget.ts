/** What one owner may have at once, and all of them together. */
export interface BudgetLimits {
  owner: number
  all: number
}

/**
 * An amount, of bytes for example, that is shared by owners and taken for a while. Each has a part of it, so that one of
 * them cannot take everything from the others.
 */
export class Budget {
  readonly #limits: BudgetLimits
  readonly #owners = new Map<string, number>()
  #taken = 0

  constructor(limits: BudgetLimits) {
    this.#limits = limits
  }

  /** What is taken at present, by all. */
  get taken(): number {
    return this.#taken
  }

  /** Takes an amount for an owner; false, and nothing is taken, where that is more than there is. */
  take(owner: string, amount: number): boolean {
    const own = (this.#owners.get(owner) ?? 0) + amount
    if (own > this.#limits.owner || this.#taken + amount > this.#limits.all) return false
    this.#owners.set(owner, own)
    this.#taken += amount
    return true
  }

  /** Gives back what was taken. */
  give(owner: string, amount: number): void {
    const own = (this.#owners.get(owner) ?? 0) - amount
    if (own > 0) this.#owners.set(owner, own)
    else this.#owners.delete(owner)
    this.#taken -= amount
  }
}

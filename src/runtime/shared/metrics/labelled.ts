/** A number for each combination of labels, such as calls by provider. What a client may write freely is no label. */
export class Labelled<Label extends string = string> {
  readonly names: readonly Label[]
  readonly #values = new Map<string, { labels: Record<Label, string>; value: number }>()

  constructor(...names: Label[]) {
    this.names = names
  }

  add(labels: Record<Label, string>, value = 1): void {
    const key = this.names.map((name) => labels[name]).join('\0')
    const known = this.#values.get(key)
    if (known) known.value += value
    else this.#values.set(key, { labels: { ...labels }, value })
  }

  /** All combinations there have been. */
  get values(): readonly { labels: Record<Label, string>; value: number }[] {
    return [...this.#values.values()]
  }
}

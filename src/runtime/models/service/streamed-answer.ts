/**
 * Hands on a streamed answer piece by piece, what the model thinks between `<think>` and `</think>`. Source: autogen-ext
 * `BaseOpenAIChatCompletionClient.create_stream`.
 */
export class StreamedAnswer {
  /** How many characters of the answer itself were handed on: an answer that was only thought about can begin anew. */
  length = 0
  readonly #onChunk: ((text: string) => void) | undefined
  #thinks = false

  /** @param onChunk is given every piece; without it nothing is handed on */
  constructor(onChunk: ((text: string) => void) | undefined) {
    this.#onChunk = onChunk
  }

  /** A piece of what the model says. */
  readonly text = (text: string): void => {
    if (text === '') return
    this.end()
    if (this.#onChunk) this.length += text.length
    this.#onChunk?.(text)
  }

  /** A piece of what the model thinks. */
  readonly reasoning = (text: string): void => {
    if (text === '') return
    this.#onChunk?.(this.#thinks ? text : `<think>${text}`)
    this.#thinks = true
  }

  /** What the model thinks is complete. */
  end(): void {
    if (!this.#thinks) return
    this.#thinks = false
    this.#onChunk?.('</think>')
  }
}

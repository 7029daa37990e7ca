import type { ModelMessage } from '../../../machines/messages/index.ts'

/** The words of a text as Python's `split()` finds them. */
export function words(text: string): string[] {
  const found: string[] = []
  let start = -1
  for (let at = 0; at <= text.length; at++) {
    const inWord = at < text.length && !isSpace(text.charCodeAt(at))
    if (inWord && start < 0) start = at
    if (inWord || start < 0) continue
    found.push(text.slice(start, at))
    start = -1
  }
  return found
}

/** How many words a text has, without making them. */
export function countWords(text: string): number {
  let count = 0
  let inSpace = true
  for (let at = 0; at < text.length; at++) {
    const space = isSpace(text.charCodeAt(at))
    if (inSpace && !space) count++
    inSpace = space
  }
  return count
}

/** How many words a model is given: those of all messages that are plain text, lists count nothing. */
export const promptWords = (messages: readonly ModelMessage[]): number => new PromptCounter().count(messages)

/** Counts the words of one prompt after the other: a history is nearly the same at every turn, and is long in the end. */
export class PromptCounter {
  /** The texts of the last prompt by their places, and how many words each has. */
  readonly #texts: (string | undefined)[] = []
  readonly #counts: number[] = []

  /** How many words all messages have that are plain text; lists count nothing. */
  count(messages: readonly ModelMessage[]): number {
    let sum = 0
    for (let i = 0; i < messages.length; i++) {
      const { content } = messages[i]!
      if (typeof content !== 'string') continue
      if (this.#texts[i] !== content) {
        this.#texts[i] = content
        this.#counts[i] = countWords(content)
      }
      sum += this.#counts[i]!
    }
    return sum
  }
}

// Python's white space; JavaScript's \s lacks U+001C…1F and U+0085 and has U+FEFF.
function isSpace(code: number): boolean {
  if (code <= 32) return code === 32 || (code >= 9 && code <= 13) || (code >= 28 && code <= 31)
  if (code < 0x1680) return code === 0x85 || code === 0xa0
  if (code <= 0x200a) return code === 0x1680 || code >= 0x2000
  return code === 0x2028 || code === 0x2029 || code === 0x202f || code === 0x205f || code === 0x3000
}

import type { AnswerEnd, AnswerEvent } from '../common/answer-events.ts'
import type { AnswerWriter } from '../common/follow.ts'
import { JoinedText } from '../common/joined-text.ts'
import { itemId, type KeptResponse, messageItem, responseObject, textPart } from './response-object.ts'

/** How many events come before the text. */
const BEFORE = 4

/**
 * Writes an answer as the events of a response. The number of a piece of text is that of its last character, so that it
 * is the same however the text is cut when it is read again: a client that comes back with `starting_after` gets the
 * rest, without a gap and without a repeat.
 */
export class ResponseWriter implements AnswerWriter {
  readonly #head: { id: string; created: number; kept: KeptResponse }
  readonly #joined: JoinedText
  readonly #startingAfter: number
  readonly #noted: (text: string) => Promise<void>
  readonly #place: string

  /** `noted` stores the answer before the client knows that it has ended. */
  constructor(
    head: { id: string; created: number; kept: KeptResponse },
    startingAfter: number,
    noted: (text: string) => Promise<void>
  ) {
    this.#head = head
    this.#joined = new JoinedText(head.kept.speakers)
    this.#startingAfter = startingAfter
    this.#noted = noted
    this.#place = JSON.stringify({ item_id: itemId(head.id), output_index: 0, content_index: 0 }).slice(1, -1)
  }

  begin(): string {
    const { id } = this.#head
    const response = responseObject({ ...this.#head, text: '', end: null })
    const place = { item_id: itemId(id), output_index: 0, content_index: 0 }
    return [
      this.#event(0, 'response.created', { response }),
      this.#event(1, 'response.in_progress', { response }),
      this.#event(2, 'response.output_item.added', {
        output_index: 0,
        item: messageItem(id, null, 'in_progress')
      }),
      this.#event(3, 'response.content_part.added', { ...place, part: textPart('') })
    ].join('')
  }

  write(event: Exclude<AnswerEvent, AnswerEnd>): string {
    return this.#delta(this.#joined.add(event))
  }

  async end(end: AnswerEnd): Promise<string> {
    const rest = this.#delta(this.#joined.finish(end))
    const { text } = this.#joined
    if (end.how !== 'error') await this.#noted(text)
    const { id } = this.#head
    const place = { item_id: itemId(id), output_index: 0, content_index: 0 }
    const response = responseObject({ ...this.#head, text, end })
    const [item] = response.output as [unknown]
    const at = BEFORE + text.length
    return [
      rest,
      this.#event(at, 'response.output_text.done', { ...place, text, logprobs: [] }),
      this.#event(at + 1, 'response.content_part.done', { ...place, part: textPart(text) }),
      this.#event(at + 2, 'response.output_item.done', { output_index: 0, item }),
      this.#event(at + 3, finalEvents[response.status as string] ?? 'response.incomplete', { response })
    ].join('')
  }

  failed(): string {
    const at = BEFORE + this.#joined.text.length + 4
    return this.#event(at, 'error', { code: 'internal', message: 'Internal server error', param: null })
  }

  // The hot path: all but the text is written once.
  #delta(text: string): string {
    const at = BEFORE - 1 + this.#joined.text.length
    if (text === '' || at <= this.#startingAfter) return ''
    const known = Math.max(0, this.#startingAfter - (at - text.length))
    const type = 'response.output_text.delta'
    const delta = JSON.stringify(known > 0 ? text.slice(known) : text)
    return `event: ${type}\ndata: {"type":"${type}","sequence_number":${at},${this.#place},"logprobs":[],"delta":${delta}}\n\n`
  }

  #event(sequence_number: number, type: string, fields: object): string {
    if (sequence_number <= this.#startingAfter) return ''
    return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number, ...fields })}\n\n`
  }
}

const finalEvents: Readonly<Record<string, string>> = {
  completed: 'response.completed',
  failed: 'response.failed'
}

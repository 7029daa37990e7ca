import type { PendingInput } from '../../../protocol/server-frames.ts'
import type { AnswerEnd, AnswerEvent } from './answer-events.ts'
import type { Speakers } from './speakers.ts'

/**
 * The messages of an answer as one text, which grows at its end only: where several are written at the same time they
 * follow each other. Between messages stands an empty line.
 */
export class JoinedText {
  /** All that was given so far. */
  text = ''
  readonly #speakers: Speakers
  /** The messages that wait until those before them have ended. */
  readonly #waiting = new Map<string, { source: string; text: string; ended: boolean }>()

  constructor(speakers: Speakers) {
    this.#speakers = speakers
  }

  /** What an event adds. */
  add(event: Exclude<AnswerEvent, AnswerEnd>): string {
    if (this.#speakers === 'final') return ''
    if (event.type === 'message_begin')
      this.#waiting.set(event.id, { source: event.source, text: '', ended: false })
    else if (event.type === 'message_delta') {
      const message = this.#waiting.get(event.id)
      if (message) message.text += event.text
    } else if (event.type === 'message_end') {
      const message = this.#waiting.get(event.id)
      if (message) message.ended = true
    } else return ''
    return this.#grow()
  }

  /** What the end adds: the last message where only that is asked for, and the questions. */
  finish(end: AnswerEnd): string {
    let added = ''
    if (this.#speakers === 'final' && end.last) added += this.#append(end.last.text)
    if (end.how === 'asked')
      for (const { prompt } of end.questions) added += this.#append(paragraph(this.text, prompt))
    return added
  }

  #current: string | null = null

  #grow(): string {
    let added = ''
    for (const [id, message] of this.#waiting) {
      if (message.text !== '') {
        if (this.#current !== id) added += this.#append(this.#opening(message.source))
        this.#current = id
        added += this.#append(message.text)
        message.text = ''
      }
      if (!message.ended) break
      this.#waiting.delete(id)
    }
    return added
  }

  #opening(source: string): string {
    return paragraph(this.text, this.#speakers === 'on' ? `${source}: ` : '')
  }

  #append(text: string): string {
    this.text += text
    return text
  }
}

/** A text as a paragraph behind another one. */
const paragraph = (before: string, text: string): string => (before === '' ? text : `\n\n${text}`)

/** What is asked, as one text. */
export const questionText = (questions: readonly PendingInput[]): string =>
  questions.map(({ prompt }) => prompt).join('\n\n')

import type { AnswerEnd, AnswerEvent } from '../common/answer-events.ts'
import type { AnswerWriter } from '../common/follow.ts'
import { errorBody } from './errors.ts'
import { messageOf, resultOf, statusOf, type TaskIds, type taskOf, troupeOf } from './task.ts'

/** What the events of a task have in common. */
export interface TaskHead {
  /** The id of the request, which each event answers. */
  request: string | number | null
  ids: TaskIds
  run: number
  /** The task as it stands before the answer: it is sent first. */
  task: ReturnType<typeof taskOf>
}

/** Writes an answer as the events of an A2A stream. */
export class A2aWriter implements AnswerWriter {
  readonly #head: TaskHead
  /** The messages of which a part was sent. */
  readonly #begun = new Set<string>()
  readonly #sources = new Map<string, string>()

  constructor(head: TaskHead) {
    this.#head = head
  }

  begin(): string {
    return this.#event({ task: this.#head.task })
  }

  write(event: Exclude<AnswerEvent, AnswerEnd>): string {
    const { ids } = this.#head
    switch (event.type) {
      case 'message_begin':
        this.#sources.set(event.id, event.source)
        return ''
      case 'message_delta': {
        const append = this.#begun.has(event.id)
        this.#begun.add(event.id)
        const name = this.#sources.get(event.id) ?? ''
        const artifact = { artifactId: event.id, name, parts: [{ text: event.text }] }
        return this.#event({ artifactUpdate: { ...ids, artifact, append, lastChunk: false } })
      }
      case 'message_end': {
        const message = messageOf(ids, event.id, event.source, event.text)
        return this.#event({
          statusUpdate: { ...ids, status: { state: 'TASK_STATE_WORKING', message }, ...this.#about(null) }
        })
      }
      default:
        return ''
    }
  }

  end(end: AnswerEnd): string {
    const { ids } = this.#head
    const artifact = end.how === 'complete' ? resultOf(end) : undefined
    const result = artifact
      ? this.#event({ artifactUpdate: { ...ids, artifact, append: false, lastChunk: true } })
      : ''
    return result + this.#event({ statusUpdate: { ...ids, status: statusOf(ids, end), ...this.#about(end) } })
  }

  failed(): string {
    const failure = { code: -32603, message: 'Internal server error', reason: 'INTERNAL' }
    return `data: ${JSON.stringify(errorBody(this.#head.request, failure))}\n\n`
  }

  #about(end: AnswerEnd | null) {
    return { metadata: troupeOf(this.#head.run, end) }
  }

  #event(result: object): string {
    return `data: ${JSON.stringify({ jsonrpc: '2.0', id: this.#head.request, result })}\n\n`
  }
}

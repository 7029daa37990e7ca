import type { UIMessageChunk } from 'ai'
import type { PendingInput } from '../../../protocol/server-frames.ts'
import { type AnswerEnd, type AnswerEvent, isCutShort } from '../common/answer-events.ts'
import type { AnswerWriter } from '../common/follow.ts'

type Happening = Exclude<AnswerEvent, AnswerEnd>

/** What a message of a chat is made of. */
export interface MessageHead {
  /** Its id: the client replaces a message of the same id. */
  message: string
  run: number
  /** The answers before this one in the same message, whole: what was said until a tool was to be approved. */
  earlier: readonly (readonly AnswerEvent[])[]
  /** Whether the client knows the calls that were to be approved before: they are in this message. */
  isContinued: boolean
  /** The calls that were to be approved before: their results may come without the call. */
  calls: readonly NonNullable<PendingInput['call']>[]
  /** The actors of the run's charts, where its answer has ended. */
  actors(): Promise<unknown>
}

/** Writes an answer as the chunks of an AI SDK message stream. */
export class UiMessageWriter implements AnswerWriter {
  readonly #head: MessageHead
  /** The calls that the client knows. */
  readonly #known = new Set<string>()

  constructor(head: MessageHead) {
    this.#head = head
  }

  begin(): string {
    const { message, run, earlier } = this.#head
    const start = chunks(
      { type: 'start', messageId: message },
      { type: 'data-run', id: 'run', data: { id: run } }
    )
    const before = earlier.map((events) => this.#again(events)).join('')
    if (this.#head.isContinued) for (const { id } of this.#head.calls) this.#known.add(id)
    return start + before
  }

  write(event: Happening): string {
    switch (event.type) {
      case 'message_begin': {
        const { id, source: name } = event
        return chunks(
          { type: 'data-speaker', id: `speaker-${id}`, data: { name, message: id } },
          { type: 'text-start', id }
        )
      }
      case 'message_delta':
        // The hot path.
        return `data: {"type":"text-delta","id":${JSON.stringify(event.id)},"delta":${JSON.stringify(event.text)}}\n\n`
      case 'message_end':
        return chunks({ type: 'text-end', id: event.id })
      case 'thought': {
        const { id, text: delta } = event
        return chunks(
          { type: 'reasoning-start', id },
          { type: 'reasoning-delta', id, delta },
          { type: 'reasoning-end', id }
        )
      }
      case 'tool_call':
        return this.#call(event)
      case 'tool_result':
        return this.#result(event)
    }
  }

  async end(end: AnswerEnd): Promise<string> {
    const { run } = this.#head
    const state = chunks({
      type: 'data-state',
      id: 'state',
      data: { run, actors: await this.#head.actors() }
    })
    return state + this.#ending(end) + this.#finish(end) + DONE
  }

  failed(): string {
    return chunks({ type: 'error', errorText: 'Internal server error' }) + DONE
  }

  /** An answer that a call of a tool has ended, once more. */
  #again(events: readonly AnswerEvent[]): string {
    return events.map((event) => (event.type === 'end' ? this.#ending(event) : this.write(event))).join('')
  }

  #call({ id, name, arguments: input }: { id: string; name: string; arguments: string }): string {
    if (this.#known.has(id)) return ''
    this.#known.add(id)
    return chunks({
      ...{ type: 'tool-input-available', toolCallId: id, toolName: name, input: parsed(input) },
      // The team calls it: the client is not to.
      ...{ dynamic: true, providerExecuted: true }
    })
  }

  #result({ id, name, content, is_error }: Extract<Happening, { type: 'tool_result' }>): string {
    const call = this.#head.calls.find((one) => one.id === id)
    const before = this.#call({ id, name, arguments: call?.arguments ?? '{}' })
    const head = { toolCallId: id, dynamic: true, providerExecuted: true }
    return (
      before +
      chunks(
        is_error
          ? { type: 'tool-output-error', ...head, errorText: content }
          : { type: 'tool-output-available', ...head, output: content }
      )
    )
  }

  #ending(end: AnswerEnd): string {
    if (end.how === 'asked') return end.questions.map((question) => this.#question(question)).join('')
    if (end.how === 'error')
      return chunks({ type: 'data-error', data: { code: end.code, message: end.error, run: this.#head.run } })
    return ''
  }

  #question({ request_id, prompt, source, call }: PendingInput): string {
    if (call)
      return (
        this.#call(call) +
        chunks({ type: 'tool-approval-request', approvalId: request_id, toolCallId: call.id, reason: prompt })
      )
    return chunks(
      { type: 'text-start', id: request_id },
      { type: 'text-delta', id: request_id, delta: prompt },
      { type: 'text-end', id: request_id },
      { type: 'data-question', id: request_id, data: { request_id, prompt, source } }
    )
  }

  #finish(end: AnswerEnd): string {
    const messageMetadata = { run: this.#head.run, usage: end.usage }
    if (end.how === 'error') return chunks({ type: 'error', errorText: end.error })
    if (end.how === 'cancelled')
      return chunks({ type: 'message-metadata', messageMetadata }, { type: 'abort', reason: end.reason })
    return chunks({ type: 'finish', finishReason: finishReason(end), messageMetadata })
  }
}

function finishReason(end: AnswerEnd): 'stop' | 'length' | 'tool-calls' {
  if (end.how === 'asked' && end.questions.some(({ call }) => call)) return 'tool-calls'
  return isCutShort(end) ? 'length' : 'stop'
}

const chunks = (...all: UIMessageChunk[]): string =>
  all.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')

const DONE = 'data: [DONE]\n\n'

/** The arguments of a call, as a value; text that is no JSON stays text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

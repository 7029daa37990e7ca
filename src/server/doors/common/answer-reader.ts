import { type TeamMessage, textOf } from '../../../machines/messages/index.ts'
import { type OutgoingFrame, plainMessage } from '../../../protocol/frames.ts'
import type { RunStatus } from '../../../protocol/run-status.ts'
import type { PendingInput, ServerFrame, ShownMessage } from '../../../protocol/server-frames.ts'
import type { AnswerEnd, AnswerEvent } from './answer-events.ts'
import { UsageTotal } from './usage-total.ts'

type End = AnswerEnd extends infer E
  ? E extends AnswerEnd
    ? Omit<E, 'type' | 'seq' | 'usage' | 'last'>
    : never
  : never
type Frame<Type extends ServerFrame['type']> = Extract<ServerFrame, { type: Type }>
type Call = { id: string; name: string; arguments: string }
type Result = { call_id: string; name?: string; content: string; is_error?: boolean | null }

/** What is known before the first frame of an answer. */
export interface AnswerStart {
  /** The number of the frame after which it begins. */
  after: number
  /** The ids of the task's messages: they are the client's. */
  task: ReadonlySet<string>
  /** The questions that are open besides the one that was just answered. */
  open: readonly PendingInput[]
  /** The persons who are asked: what they say next is the client's. */
  asked: readonly string[]
}

/**
 * Reads one answer out of a run's frames: from a cursor until a person is asked, and nothing else goes on, or the run
 * ends. What it gives follows from the log alone, but for where the pieces of a message are cut.
 */
export class AnswerReader {
  /** How the answer has ended; null while it goes on. */
  end: AnswerEnd | null = null
  #seq: number
  #status: RunStatus = 'active'
  #last: AnswerEnd['last'] = null
  readonly #task: ReadonlySet<string>
  readonly #open: Map<string, PendingInput>
  readonly #asked: Set<string>
  /** The text so far of the messages that are being written, by id. */
  readonly #partial = new Map<string, { source: string; text: string }>()
  readonly #usage = new UsageTotal()

  constructor({ after, task, open, asked }: AnswerStart) {
    this.#seq = after
    this.#task = task
    this.#open = new Map(open.map((question) => [question.request_id, question]))
    this.#asked = new Set(asked)
    if (open.length > 0) this.#status = 'awaiting_input'
  }

  /** Reads frames that came together. */
  read(lines: readonly OutgoingFrame[]): AnswerEvent[] {
    const events: AnswerEvent[] = []
    for (const { seq, text } of lines) {
      if (this.end) break
      const frame = JSON.parse(text) as ServerFrame
      if (frame.type === 'message_chunk') {
        this.#chunk(frame.data, events)
        continue
      }
      // A question belongs to the answer with all others that were asked at the same time.
      if (this.#isWaiting && !isQuestion(frame)) this.#endAsked(events)
      if (this.end) break
      this.#seq = seq ?? this.#seq
      this.#frame(frame, events)
    }
    if (!this.end && this.#isWaiting) this.#endAsked(events)
    return events
  }

  /** The run cannot be followed any more in this process. */
  lost(): AnswerEvent[] {
    const events: AnswerEvent[] = []
    const error = 'The run cannot be followed at present: it goes on, come back for its answer.'
    if (!this.end) this.#finish({ how: 'error', error, code: 'restarting' }, events)
    return events
  }

  get #isWaiting(): boolean {
    return this.#status === 'awaiting_input' && this.#open.size > 0
  }

  #frame(frame: ServerFrame, events: AnswerEvent[]): void {
    switch (frame.type) {
      case 'status':
        this.#status = frame.status
        break
      case 'input_request':
        this.#open.set(frame.request_id, frame)
        break
      case 'message':
      case 'event':
        this.#message(frame.data, events)
        break
      case 'result':
        this.#finish({ how: 'complete', reason: frame.data.task_result.stop_reason }, events)
        break
      case 'completion':
        this.#completion(frame, events)
    }
  }

  #chunk(data: Frame<'message_chunk'>['data'], events: AnswerEvent[]): void {
    const { full_message_id: id, source, content } = data
    if (!id || content === '') return
    const partial = this.#partial.get(id)
    if (partial) partial.text += content
    else {
      this.#partial.set(id, { source, text: content })
      events.push({ type: 'message_begin', id, source })
    }
    events.push({ type: 'message_delta', id, text: content })
  }

  #message(message: ShownMessage, events: AnswerEvent[]): void {
    if (this.#usage.add(message) || this.#task.has(message.id)) return
    const { id, source } = message
    const { type, content } = message as { type: string; content?: unknown }
    if (type === 'UserInputRequestedEvent') this.#asked.add(source)
    else if (type === 'ThoughtEvent') this.#thought(id, source, String(content), events)
    else if (type === 'ToolCallRequestEvent')
      for (const call of content as Call[])
        events.push({ type: 'tool_call', source, id: call.id, name: call.name, arguments: call.arguments })
    else if (type === 'ToolCallExecutionEvent')
      for (const { call_id, name = '', content: text, is_error } of content as Result[])
        events.push({
          type: 'tool_result',
          source,
          id: call_id,
          name,
          content: text,
          is_error: is_error === true
        })
    else if (!type.endsWith('Event')) this.#said(message, events)
  }

  /** A thought may have been streamed as if it were going to be the message. */
  #thought(id: string, source: string, text: string, events: AnswerEvent[]): void {
    if (this.#partial.has(id)) this.#close(id, source, text, events)
    else events.push({ type: 'thought', id, source, text })
  }

  #said(message: ShownMessage, events: AnswerEvent[]): void {
    const { id, source } = message
    // A person's answer came from a client.
    if (this.#asked.delete(source)) return
    this.#close(id, source, textOf(plainMessage(message as { content?: unknown }) as TeamMessage), events)
  }

  #close(id: string, source: string, text: string, events: AnswerEvent[]): void {
    const partial = this.#partial.get(id)
    this.#partial.delete(id)
    const before = partial?.text ?? ''
    if (!partial) events.push({ type: 'message_begin', id, source })
    // What was streamed and then said otherwise is said again whole.
    const rest = text.startsWith(before) ? text.slice(before.length) : `\n${text}`
    if (rest !== '') events.push({ type: 'message_delta', id, text: rest })
    events.push({ type: 'message_end', id, source, text: before + rest })
    this.#last = { source, text }
  }

  #completion({ status, code, data }: Frame<'completion'>, events: AnswerEvent[]): void {
    const { messages, stop_reason } = data.task_result
    const text = messages[0] ? textOf(messages[0]) : stop_reason
    if (status === 'cancelled') this.#finish({ how: 'cancelled', reason: stop_reason }, events)
    else this.#finish({ how: 'error', error: text, code: code ?? 'run_failed' }, events)
  }

  #endAsked(events: AnswerEvent[]): void {
    this.#finish({ how: 'asked', questions: [...this.#open.values()].map(questionOf) }, events)
  }

  #finish(how: End, events: AnswerEvent[]): void {
    for (const [id, { source, text }] of this.#partial) events.push({ type: 'message_end', id, source, text })
    this.#partial.clear()
    const { total: usage } = this.#usage
    this.end = { type: 'end', seq: this.#seq, usage, last: this.#last, ...how } as AnswerEnd
    events.push(this.end)
  }
}

const isQuestion = (frame: ServerFrame): boolean =>
  frame.type === 'input_request' || (frame.type === 'event' && frame.data.type === 'UserInputRequestedEvent')

/** A question without what its frame has besides. */
function questionOf(question: PendingInput): PendingInput {
  const { type, data, timestamp, run_id, seq, replay, ...pending } = question as PendingInput &
    Partial<Frame<'input_request'>>
  return pending
}

import type { Event, EventType, Interrupt } from '@ag-ui/core'
import type { PendingInput } from '../../../protocol/server-frames.ts'
import type { AnswerEnd, AnswerEvent } from '../common/answer-events.ts'
import type { AnswerWriter } from '../common/follow.ts'
import type { RunAgentInput } from './input.ts'

type Happening = Exclude<AnswerEvent, AnswerEnd>

/** An event of AG-UI, its type by name: only the types of the package are used. */
type Sent = Event extends infer One
  ? One extends { type: EventType }
    ? Omit<One, 'type'> & { type: `${One['type']}` }
    : never
  : never

/** What the events of an answer have in common. */
export interface AnswerHead {
  input: RunAgentInput
  run: number
  /** Calls that the client was told of before: they are in its messages. */
  calls: readonly string[]
  /** The actors of the run's charts, where its answer has ended. */
  actors(): Promise<unknown>
}

/** Writes an answer as AG-UI events. Its client throws where a message or step is still open at the end. */
export class AgUiWriter implements AnswerWriter {
  readonly #head: AnswerHead
  /** The calls that the client knows. */
  readonly #known: Set<string>
  /** The messages that are open, with their speakers. */
  readonly #open = new Map<string, string>()
  /** The speakers whose step is open. */
  readonly #steps = new Set<string>()

  constructor(head: AnswerHead) {
    this.#head = head
    this.#known = new Set(head.calls)
  }

  begin(): string {
    const { input, run } = this.#head
    const { threadId, runId, state } = input
    const own = typeof state === 'object' && state !== null && !Array.isArray(state) ? state : {}
    return events(
      { type: 'RUN_STARTED', threadId, runId, metadata: { troupe: { run } } },
      { type: 'STATE_SNAPSHOT', snapshot: { ...own, troupe: { run, actors: {} } } }
    )
  }

  write(event: Happening): string {
    switch (event.type) {
      case 'message_begin':
        this.#open.set(event.id, event.source)
        return (
          this.#step(event.source) +
          events({ type: 'TEXT_MESSAGE_START', messageId: event.id, role: 'assistant', name: event.source })
        )
      case 'message_delta':
        if (event.text === '') return ''
        // The hot path.
        return `data: {"type":"TEXT_MESSAGE_CONTENT","messageId":${JSON.stringify(event.id)},"delta":${JSON.stringify(event.text)}}\n\n`
      case 'message_end':
        this.#open.delete(event.id)
        return events({ type: 'TEXT_MESSAGE_END', messageId: event.id })
      case 'thought':
        return this.#step(event.source) + thought(event.id, event.text)
      case 'tool_call':
        return this.#step(event.source) + this.#call(event)
      case 'tool_result':
        return events({
          ...{ type: 'TOOL_CALL_RESULT', messageId: `result-${event.id}`, toolCallId: event.id },
          ...{ content: event.content, role: 'tool' }
        })
    }
  }

  async end(end: AnswerEnd): Promise<string> {
    const questions = end.how === 'asked' ? end.questions : []
    const calls = questions.map(({ call, source }) => (call ? this.#step(source) + this.#call(call) : ''))
    const closed = this.#close()
    const actors = await this.#head.actors()
    const state = events({
      type: 'STATE_DELTA',
      delta: [{ op: 'add', path: '/troupe/actors', value: actors }]
    })
    return calls.join('') + closed + state + this.#finish(end)
  }

  failed(): string {
    return this.#close() + events({ type: 'RUN_ERROR', message: 'Internal server error', code: 'internal' })
  }

  #call({ id, name, arguments: input }: { id: string; name: string; arguments: string }): string {
    if (this.#known.has(id)) return ''
    this.#known.add(id)
    return events(
      { type: 'TOOL_CALL_START', toolCallId: id, toolCallName: name },
      ...(input === '' ? [] : [{ type: 'TOOL_CALL_ARGS', toolCallId: id, delta: input } as const]),
      { type: 'TOOL_CALL_END', toolCallId: id }
    )
  }

  /** Opens the step of a speaker; those of others that say nothing at present are over. */
  #step(source: string): string {
    if (this.#steps.has(source)) return ''
    const talking = new Set(this.#open.values())
    const over = [...this.#steps].filter((name) => !talking.has(name))
    const text = this.#finishSteps(over)
    this.#steps.add(source)
    return text + events({ type: 'STEP_STARTED', stepName: source })
  }

  #finishSteps(names: readonly string[]): string {
    for (const name of names) this.#steps.delete(name)
    return events(...names.map((stepName) => ({ type: 'STEP_FINISHED', stepName }) as const))
  }

  #close(): string {
    const ends = [...this.#open.keys()].map((messageId) => ({ type: 'TEXT_MESSAGE_END', messageId }) as const)
    this.#open.clear()
    return events(...ends) + this.#finishSteps([...this.#steps])
  }

  #finish(end: AnswerEnd): string {
    const { threadId, runId } = this.#head.input
    const { prompt_tokens: inputTokens, completion_tokens: outputTokens } = end.usage
    const usage = [{ inputTokens, outputTokens, totalTokens: inputTokens + outputTokens }]
    const metadata = { troupe: { run: this.#head.run } }
    if (end.how === 'error')
      return events({ type: 'RUN_ERROR', message: end.error, code: end.code, usage, metadata })
    const head = { type: 'RUN_FINISHED', threadId, runId, usage, metadata } as const
    if (end.how === 'cancelled') return events({ ...head, outcome: { type: 'cancelled' } })
    if (end.how === 'complete')
      return events({ ...head, ...(end.last && { result: end.last.text }), outcome: { type: 'success' } })
    return events({ ...head, outcome: { type: 'interrupt', interrupts: end.questions.map(interruptOf) } })
  }
}

const thought = (messageId: string, delta: string): string =>
  events(
    { type: 'REASONING_START', messageId },
    { type: 'REASONING_MESSAGE_START', messageId, role: 'reasoning' },
    ...(delta === '' ? [] : [{ type: 'REASONING_MESSAGE_CONTENT', messageId, delta } as const]),
    { type: 'REASONING_MESSAGE_END', messageId },
    { type: 'REASONING_END', messageId }
  )

const text = { type: 'string' }
const decision = {
  type: 'object',
  properties: { approved: { type: 'boolean' }, reason: { type: 'string' } },
  required: ['approved']
}

const interruptOf = ({ request_id: id, prompt: message, deadline, call }: PendingInput): Interrupt => ({
  ...{ id, message, reason: call ? 'approval' : 'input', responseSchema: call ? decision : text },
  ...(call && { toolCallId: call.id }),
  ...(deadline !== null && { expiresAt: deadline })
})

const events = (...all: Sent[]): string => all.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')

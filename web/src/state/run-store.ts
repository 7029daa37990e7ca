import { createStore } from '@xstate/store'
import type { Line } from '../api/run-socket.ts'
import type { Frame, Message, PendingInput, RunInfo, RunStatus } from '../api/types.ts'
import { addFrames, type Item } from '../model/items.ts'
import { isOver } from '../model/words.ts'

/** An answer that is still being written. */
export interface Partial {
  id: string
  source: string
  text: string
  at: number
}

/** One run as the page knows it. */
export interface RunContext {
  id: number
  line: Line
  retryAt: number | null
  status: RunStatus | null
  seq: number
  items: readonly Item[]
  partial: readonly Partial[]
  pending: readonly PendingInput[]
  /** What the server had to say against something that we sent. */
  problem: string | null
}

/** Keeps what a run's frames say. */
export const createRunStore = (id: number) =>
  createStore({
    context: {
      ...{ id, line: 'connecting', retryAt: null, status: null, seq: 0, items: [], partial: [], pending: [] },
      problem: null
    } as RunContext,
    on: {
      line: (context, { line, retryAt }: { line: Line; retryAt: number | null }) => ({
        ...context,
        line,
        retryAt
      }),
      frames: (context, { frames }: { frames: readonly Frame[] }) => take(context, frames),
      problem: (context, { problem }: { problem: string | null }) => ({ ...context, problem })
    }
  })

export type RunStore = ReturnType<typeof createRunStore>

function take(context: RunContext, frames: readonly Frame[]): RunContext {
  // After a cut a frame may come that is known already.
  const fresh = frames.filter(({ seq }) => seq === undefined || seq > context.seq)
  const taken = fresh.reduce(takeOne, context)
  return { ...taken, items: addFrames(context.items, fresh, (at) => unfinished(context, fresh.slice(0, at))) }
}

/** What was being written when the run came to its end: nothing follows it any more. */
function unfinished(context: RunContext, before: readonly Frame[]): Item[] {
  const { partial } = before.reduce(takeOne, context)
  return partial
    .filter(({ text }) => text.trim() !== '')
    .map(({ id, source, text, at }) => ({ kind: 'unfinished', key: id, source, text, at }))
}

function takeOne(context: RunContext, frame: Frame): RunContext {
  const seq = frame.seq ?? context.seq
  switch (frame.type) {
    case 'system':
      return greeted(context, frame.run)
    case 'status': {
      const { status } = frame
      return {
        ...context,
        seq,
        status,
        ...(status !== 'awaiting_input' && isOver(status) && { pending: [] })
      }
    }
    case 'message_chunk':
      return { ...context, partial: grown(context.partial, frame.data, frame.replay === true) }
    case 'message':
    case 'event':
      return {
        ...context,
        seq,
        partial: context.partial.filter(({ id }) => id !== frame.data.id),
        pending: settled(context.pending, frame.data)
      }
    case 'input_request': {
      const { request_id, prompt, source, deadline, kind, call } = frame
      const others = context.pending.filter((one) => one.request_id !== request_id)
      return { ...context, seq, pending: [...others, { request_id, prompt, source, deadline, kind, call }] }
    }
    case 'result':
      return { ...context, seq, status: 'complete', pending: [], partial: [] }
    case 'completion':
      return {
        ...{ ...context, seq, pending: [], partial: [] },
        status: frame.status === 'cancelled' ? 'stopped' : 'error'
      }
    case 'error':
      return { ...context, problem: frame.error }
    default:
      return { ...context, seq }
  }
}

/** Chunks are told again from the beginning after a cut, so those from before do not count any more. */
const greeted = (context: RunContext, run: RunInfo): RunContext => ({
  ...context,
  status: run.status,
  pending: run.pending_input,
  partial: []
})

function grown(partial: readonly Partial[], chunk: Message, whole: boolean): readonly Partial[] {
  const id = chunk.full_message_id ?? `${chunk.source}…`
  const text = String(chunk.content ?? '')
  const known = partial.find((one) => one.id === id)
  if (!known) return [...partial, { id, source: chunk.source, text, at: Date.parse(chunk.created_at) }]
  return partial.map((one) => (one === known ? { ...one, text: whole ? text : one.text + text } : one))
}

/** The member that was asked has spoken. */
const settled = (pending: readonly PendingInput[], { source, type }: Message): readonly PendingInput[] =>
  type === 'UserInputRequestedEvent' ? pending : pending.filter((one) => one.source !== source)

import type { Frame, Message, PendingInput, TeamResult, ToolCall, ToolResult, Usage } from '../api/types.ts'
import { ModelRecord } from './model-record.ts'

interface Base {
  /** Stays the same while an item grows, so that nothing jumps. */
  key: string
  source: string
  /** Milliseconds since 1970. */
  at: number
}

/** One thing in the transcript. `messages` are the ids of the messages it stands for. */
export type Item = Base &
  (
    | { kind: 'said'; message: Message; usage: Usage | null }
    | { kind: 'tools'; message: Message; calls: ToolCall[]; done: ToolsDone | null; usage: Usage | null }
    | { kind: 'event'; message: Message }
    | { kind: 'call'; message: Message; usage: Usage; record: ModelRecord }
    | { kind: 'asked'; question: PendingInput }
    | { kind: 'warning'; text: string }
    /** What was being written when the run came to its end. */
    | { kind: 'unfinished'; text: string }
    | { kind: 'end'; status: string; result: TeamResult; code: string | null }
  )

/** What came of tool calls, and the message that told it. */
export interface ToolsDone {
  id: string
  results: ToolResult[]
}

const time = (text: string | undefined): number => Date.parse(text ?? '') || 0

/**
 * Adds what frames say to the items; gives the same list where they say nothing for it. `beforeEnd` gives what stands
 * between the last message and the end that the frame at a place tells.
 */
export function addFrames(
  items: readonly Item[],
  frames: readonly Frame[],
  beforeEnd: (at: number) => readonly Item[] = () => []
): readonly Item[] {
  const all = [...items]
  for (const [at, frame] of frames.entries()) {
    const item = itemOf(frame, all.length, all)
    if (item?.kind === 'end') all.push(...beforeEnd(at))
    if (item) all.push(item)
  }
  return all.length === items.length && all.every((item, at) => item === items[at]) ? items : all
}

function itemOf(frame: Frame, count: number, all: Item[]): Item | undefined {
  const key = `${frame.seq ?? `-${count}`}`
  if (frame.type === 'message' || frame.type === 'event') return ofMessage(frame.data, frame.seq ?? null, all)
  if (frame.type === 'input_request') {
    const { request_id, prompt, source, deadline, timestamp } = frame
    return {
      kind: 'asked',
      key,
      source,
      at: time(timestamp),
      question: { request_id, prompt, source, deadline }
    }
  }
  if (frame.type === 'result' || frame.type === 'completion')
    return {
      kind: 'end',
      key,
      source: '',
      at: time(frame.timestamp),
      status: frame.status,
      result: frame.data,
      code: ('code' in frame ? frame.code : null) ?? null
    }
  if (frame.type === 'warning')
    return { kind: 'warning', key, source: '', at: Date.now(), text: frame.warning }
  return undefined
}

const seen = new Set(['TextMessage', 'MultiModalMessage', 'StopMessage', 'HandoffMessage'])

function ofMessage(message: Message, seq: number | null, all: Item[]): Item | undefined {
  const base = { key: message.id, source: message.source, at: time(message.created_at), message }
  const usage = message.models_usage ?? null
  if (message.source === 'llm_call_event') {
    const record = new ModelRecord(String(message.content), seq, recordsIn(all))
    return { ...base, kind: 'call', source: record.source, usage: record.usage, record }
  }
  if (message.type === 'ToolCallRequestEvent')
    return { ...base, kind: 'tools', calls: message.content as ToolCall[], done: null, usage }
  if (message.type === 'ToolCallExecutionEvent') return settle(message, all)
  // The question itself follows.
  if (message.type === 'UserInputRequestedEvent') return undefined
  if (seen.has(message.type) || message.type.startsWith('StructuredMessage['))
    return { ...base, kind: 'said', usage }
  return { ...base, kind: 'event' }
}

/** The records of the calls so far, newest first. */
function* recordsIn(all: readonly Item[]): Iterable<ModelRecord> {
  for (let at = all.length - 1; at >= 0; at--) {
    const item = all[at]!
    if (item.kind === 'call') yield item.record
  }
}

/** Puts results to the calls they belong to. */
function settle(message: Message, all: Item[]): undefined {
  const results = message.content as ToolResult[]
  const at = all.findLastIndex(
    (item) =>
      item.kind === 'tools' && item.calls.some(({ id }) => results.some(({ call_id }) => call_id === id))
  )
  const item = all[at]
  if (item?.kind === 'tools') all[at] = { ...item, done: { id: message.id, results } }
}

/**
 * The items as they were at a position of the inspection stream: `saidAt` tells where each message was said. What is
 * not in the stream goes with what stands before it.
 */
export function itemsAt(
  items: readonly Item[],
  saidAt: ReadonlyMap<string, number>,
  position: number
): Item[] {
  const visible: Item[] = []
  let reached = true
  for (const item of items) {
    const at = 'message' in item ? saidAt.get(item.message.id) : undefined
    if (at !== undefined) reached = at <= position
    if (!reached || item.kind === 'end') continue
    const pending = item.kind === 'tools' && item.done && (saidAt.get(item.done.id) ?? -1) > position
    visible.push(pending ? undone(item) : item)
  }
  return visible
}

const open = new WeakMap<Item, Item>()

/** Tool calls as they were before they were done: always the same item. */
function undone(item: Extract<Item, { kind: 'tools' }>): Item {
  const known = open.get(item) ?? { ...item, done: null }
  open.set(item, known)
  return known
}

const speaks = (item: Item | undefined): boolean =>
  item?.kind === 'said' || item?.kind === 'tools' || item?.kind === 'event'

/** Whether an item goes on where the one before it stopped: the same one speaks. */
export const goesOn = (item: Item, before: Item | undefined): boolean =>
  speaks(item) && speaks(before) && before!.source === item.source

import { TroupeError } from '../../protocol/errors.ts'
import { plainMessage } from '../../protocol/frames.ts'
import type { Runtime } from '../../runtime/host/runtime.ts'
import type { Task } from '../../runtime/shared/task.ts'
import type { RunRow } from '../../runtime/store/store.ts'

type State = Record<string, unknown>

/** A message that is a text. */
interface Said {
  id: string
  source: string
  content: string
}

/** What is different in a run that is forked. Its conditions begin anew. */
export interface ForkEdit {
  /** What the last message up to that turn says instead, wherever the team remembers it. */
  message?: string
  /** Messages that the team gets besides. */
  task?: Task
  /** Fields of the team's state that are different, or what makes another state of it. */
  state?: State | ((state: State) => State)
}

/** The state of a run's team at the end of a turn, with what is different in it. Throws `unknown_turn`. */
export async function editedState(
  runtime: Runtime,
  run: RunRow,
  turn: number,
  edit: ForkEdit
): Promise<{ state: State; task: unknown }> {
  const found = (await runtime.history.state(run, turn)) ?? {}
  const { message, task, state: change } = edit
  let state = structuredClone(found)
  if (message !== undefined) state = saying(state, await lastMessage(runtime, run, turn), message)
  if (typeof change === 'function') state = change(state)
  else if (change) state = merged(state, change)
  return { state, task }
}

/** The last text that was said up to the end of a turn. */
async function lastMessage(runtime: Runtime, run: RunRow, turn: number): Promise<Said> {
  const end = (await runtime.history.turns(run)).find((one) => one.turn === turn)
  const frames = await runtime.store.runs.frames(run.id, { type: 'message' })
  const said = frames
    .filter(({ seq }) => seq <= end!.seq)
    .map(({ text }) => plainMessage(JSON.parse(text).data) as Said)
    .filter(({ source, content }) => source !== 'llm_call_event' && typeof content === 'string')
  const last = said.at(-1)
  if (!last) throw new TroupeError('unknown_turn', String(turn))
  return last
}

/** A state in which a message says something else: the message itself, and what a model's context has of it. */
function saying(state: State, message: Said, text: string): State {
  const change = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map(change)
    const { id, source, content } = value as { id?: unknown; source?: unknown; content?: unknown }
    const isIt = id === message.id || (source === message.source && content === message.content)
    if (isIt) return { ...value, content: text }
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, change(item)]))
  }
  return change(state) as State
}

/** Objects are merged, everything else is put in place of what was there. */
function merged(state: State, change: State): State {
  const isObject = (value: unknown): value is State =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
  const entries = Object.entries(change).map(([key, value]) => {
    const before = state[key]
    return [key, isObject(value) && isObject(before) ? merged(before, value) : value]
  })
  return { ...state, ...Object.fromEntries(entries) }
}

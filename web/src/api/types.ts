/** What the server tells; only what the page uses. Source: PROTOCOL.md. */

export type RunStatus = 'created' | 'active' | 'awaiting_input' | 'paused' | 'complete' | 'error' | 'stopped'

export interface PendingInput {
  request_id: string
  prompt: string
  source: string
  deadline: string | null
  /** What is asked for: a text, or leave to make a tool call. */
  kind?: 'input' | 'approval'
  /** The call that is to be approved. */
  call?: ToolCall | null
}

export interface RunInfo {
  id: number
  status: RunStatus
  seq: number
  state: string
  pending_input: PendingInput[]
}

/** A run in the list. */
export interface RunLine {
  id: number
  session_id: number
  status: RunStatus
  team: string
  /** How its task begins. */
  task?: string | null
  created_at: string
  waits_for: unknown
}

export interface Component {
  provider: string
  label?: string | null
  description?: string | null
  /** Tasks to try the team with. */
  example_tasks?: string[] | null
  config: Record<string, unknown>
}

export interface TeamRow {
  id: number
  component: Component
}

export interface Usage {
  prompt_tokens: number
  completion_tokens: number
}

export interface ToolCall {
  id: string
  name: string
  arguments: string
}

export interface ToolResult {
  call_id: string
  name: string
  content: string
  is_error: boolean | null
}

export type Picture = { url: string; alt?: string } | { data: string }

/** A message or an event of a run. */
export interface Message {
  id: string
  type: string
  source: string
  content?: unknown
  target?: string
  created_at: string
  metadata?: Record<string, unknown>
  models_usage?: Usage | null
  full_message_id?: string | null
  result?: { exit_code: number; output: string }
}

export interface TeamResult {
  task_result: { messages: Message[]; stop_reason: string | null }
  duration: number
}

interface Numbered {
  seq?: number
  run_id?: number
  replay?: boolean
  timestamp?: string
}

/** A frame of the server. */
export type Frame = Numbered &
  (
    | { type: 'system'; status: string; run: RunInfo }
    | { type: 'status'; status: RunStatus; state: string }
    | { type: 'message' | 'event' | 'message_chunk'; data: Message }
    | ({ type: 'input_request'; data: unknown } & PendingInput)
    | { type: 'result' | 'completion'; status: string; data: TeamResult; code?: string | null }
    | { type: 'error'; error: string; code: string }
    | { type: 'warning'; warning: string; code: string; file?: string }
    | { type: 'pong' }
  )

/** A turn of a run, from which it can be forked. */
export interface Turn {
  turn: number
  seq: number
  speakers: string[]
  at: string | number
}

import type { ComponentModel } from '../../machines/component/component.ts'
import type { RunStatus } from '../../protocol/run-status.ts'

/** The version of the shape of rows, AutoGen Studio's. */
export const rowVersion = '0.0.1'

/** What every row of a user has. Times are ISO 8601 in UTC. */
export interface Row {
  id: number
  user_id: string | null
  created_at: string
  updated_at: string
  /** `rowVersion` when the row was made. */
  version: string
}
export interface TeamRow extends Row {
  component: ComponentModel
  /** Whether others than its owner may run it. */
  published: boolean
  /** Whether it is the one that a client is shown who names none. */
  default: boolean
}

/** What tells a team from others, without its component. */
export type TeamHeader = Omit<TeamRow, 'component'>
export interface SessionRow extends Row {
  name: string
  team_id: number | null
}
export interface SettingsRow extends Row {
  config: Record<string, unknown>
}
export interface GalleryRow extends Row {
  config: Record<string, unknown>
}
export interface RunRow extends Row {
  session_id: number
  status: RunStatus
  /** `{}` before the start. */
  task: unknown
  error_message: string | null
}

/** A durable frame of a run's log, numbered by `seq` from 1 without a gap, kept as the text that clients get. */
export interface StoredFrame {
  /** The row's own number, which increases over all runs. */
  id: number
  seq: number
  type: string
  text: string
  /** When it was stored: ISO 8601 in UTC. */
  created_at: string
}

/** An entry of a run's journal (what came into the run from outside), numbered on its own by `n`. `body` is JSON. */
export interface JournalEntry {
  n: number
  kind: string
  body: string
}

/** The small state of a run that is overwritten as the run goes on. */
export interface RunState {
  /** The revision of the machines that wrote the snapshot. */
  revision: number
  /** The number of the last frame. */
  seq: number
  /** The number of the last journal entry. */
  journal: number
  /** XState's persisted snapshot as JSON. */
  snapshot: string
  /** When the run has to be woken although nothing happens, such as at a deadline; ISO 8601 in UTC. */
  wake_at: string | null
}

/** What a run adds to its log in one commit. */
export interface RunChange {
  run: number
  frames: readonly { seq: number; type: string; text: string }[]
  journal: readonly JournalEntry[]
  state?: RunState
  /** Changes of the run's row, rare. */
  row?: Partial<Pick<RunRow, 'status' | 'task' | 'error_message'>> & {
    /** The team's name, and how the task begins: what a list of runs shows and is searched for. */
    team?: string | null
    title?: string | null
    /** The names of the participants for whom a person is to answer. */
    waits_for?: string | null
    /** The team as it was when the run began, and the options: needed to go on after a restart. */
    team_config?: ComponentModel
    options?: unknown
  }
}

/** A run with all that is needed to go on after a restart. */
export interface SavedRun extends RunRow {
  team_config: ComponentModel | null
  options: unknown
  state: RunState | null
}

/** A run as lists show it. */
export interface RunOverview extends Pick<RunRow, 'id' | 'session_id' | 'status' | 'created_at'> {
  team: string | null
  /** How its task begins. */
  task: string | null
  waits_for: string | null
}

/** That a run belongs to a conversation of another protocol, by the door through which it was begun or answered. */
export interface ConversationEntry {
  run_id: number
  /** `openai`, `ag-ui`, `ai-sdk`, `a2a` or `mcp`. */
  door: string
  /** A hash of what the conversation is called there. */
  digest: string
  /** What the door keeps of it, as JSON. */
  data: unknown
}

/** A token for one `run`, one that was `revoked`, or the revocation of all that a `user` has had until then. */
export interface TokenRow {
  /** SHA-256 of the token; `user:` and the id of a user whose tokens are all revoked. */
  digest: string
  kind: 'run' | 'revoked' | 'user'
  user_id: string | null
  /** The one run that it is for. */
  run_id: number | null
  /** When it need not be known any more. */
  expires_at: string
  created_at: string
}

/** A value that clients are never shown. */
export interface StoredSecret {
  id: string
  user_id: string | null
  /** Where the value may be sent: it is of no use elsewhere. */
  place: string
  value: string
}

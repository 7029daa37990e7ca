import type { ComponentModel } from '../../machines/component/component.ts'
import type { Takeover } from './foreign.ts'

/** What every row has. Times are ISO 8601 in UTC. */
export interface Row {
  id: number
  user_id: string | null
  created_at: string
  updated_at: string
  /** The version of the row's shape, AutoGen Studio's `0.0.1`. */
  version: string
}
export interface TeamRow extends Row {
  component: ComponentModel
}
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
export type RunStatus = 'created' | 'active' | 'awaiting_input' | 'paused' | 'complete' | 'error' | 'stopped'
export interface RunRow extends Row {
  session_id: number
  status: RunStatus
  /** `{}` before the start. */
  task: unknown
  error_message: string | null
}

/** A frame of a run's log: numbered from 1 without a gap, kept as the text that clients get. */
export interface StoredFrame {
  /** The row's own number, which increases over all runs. */
  id: number
  seq: number
  type: string
  text: string
  /** When it was stored: ISO 8601 in UTC. */
  created_at: string
}

/** An entry of a run's journal: what came in from outside, numbered on its own. `body` is JSON. */
export interface JournalEntry {
  n: number
  kind: string
  body: string
}

/** The small state of a run that is rewritten as it goes. */
export interface RunState {
  /** The revision of the machines that wrote the snapshot. */
  revision: number
  /** The number of the last frame. */
  seq: number
  /** The number of the last journal entry. */
  journal: number
  /** XState's persisted snapshot as JSON. */
  snapshot: string
  /** When the run has to be looked at although nothing happens, such as a deadline; ISO 8601 in UTC. */
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
    /** The names of those for whom a person is to answer. */
    waits_for?: string | null
    /** The team as it was when the run began, and the options: needed to go on after a restart. */
    team_config?: ComponentModel
    options?: unknown
  }
}

/** What a run needs to go on after a restart. */
export interface SavedRun extends RunRow {
  team_config: ComponentModel | null
  options: unknown
  state: RunState | null
}

/** A run as lists show it. */
export interface RunOverview extends Pick<RunRow, 'id' | 'session_id' | 'status' | 'created_at'> {
  team: string | null
  waits_for: string | null
}

/** Which runs are listed; what is not said is not asked for. */
export interface OverviewQuery {
  user?: string
  status?: readonly RunStatus[]
  /** A part of the team's name or of how the task begins; capitals do not matter. */
  q?: string
  /** Only runs with smaller ids. */
  before?: number
  limit: number
}

/** A run that is to share the beginning of another one's log. */
export interface Fork {
  of: number
  /** The numbers of the last frame and the last journal entry that it shares. */
  seq: number
  n: number
  /** What follows them in the log of the new run only. */
  more(run: number): Pick<RunChange, 'frames' | 'journal'>
}

/** The logs of all runs. */
export interface RunLog {
  /** `options`: what was asked for when the run was made. */
  create(run: { session_id: number; user_id: string | null; options?: unknown }): Promise<RunRow>
  /** Makes an active run that shares the beginning of another one's log; gives its id. The other run stays as it is. */
  copy(fork: Fork): Promise<number>
  /** Newest first. */
  overview(query: OverviewQuery): Promise<RunOverview[]>
  /**
   * Deletes runs that ended before a time (ISO 8601), and what is left of those whose session was deleted: at most so
   * many rows of their logs at a time. Gives how many; 0 where nothing is left to be deleted.
   */
  deleteOld(before: string, limit: number): Promise<number>
  get(id: number): Promise<RunRow | undefined>
  /** Oldest first. */
  ofSession(session: number): Promise<RunRow[]>
  /** Writes all of these changes, or none: one transaction for many runs. A frame or entry that is there already is an error. */
  commit(changes: readonly RunChange[]): Promise<void>
  /** Frames above `after`, in order; only those of one type where that is given. */
  frames(run: number, options?: { after?: number; limit?: number; type?: string }): Promise<StoredFrame[]>
  /** Entries above `after`, in order; only those of some kinds where these are given. */
  journal(run: number, after?: number, kinds?: readonly string[]): Promise<JournalEntry[]>
  /** Undefined before the first commit. */
  state(run: number): Promise<RunState | undefined>
  /** A run with all that it needs to go on. */
  saved(id: number): Promise<SavedRun | undefined>
  /** The ids of runs in one of these statuses, oldest first. */
  withStatus(...statuses: RunStatus[]): Promise<number[]>
  /** The ids of unfinished runs whose `wake_at` has come. */
  due(now: string, limit: number): Promise<number[]>
}

/** Rows of one kind that belong to users. `user` undefined means anybody's. */
export interface Table<R extends Row> {
  /** Newest first. */
  list(user: string): Promise<R[]>
  get(id: number, user?: string): Promise<R | undefined>
  insert(row: Omit<R, keyof Row> & { user_id: string | null }): Promise<R>
  /** Undefined where there is no such row. */
  update(id: number, changes: Partial<Omit<R, keyof Row>>): Promise<R | undefined>
  /** Deletes with what belongs to it: a session takes its runs and their logs along. False where there was none. */
  delete(id: number, user?: string): Promise<boolean>
}

/** A value that clients are never shown. */
export interface StoredSecret {
  id: string
  user_id: string | null
  /** Where the value may be sent: it is of no use elsewhere. */
  place: string
  value: string
}

/** What is kept for the references `secret:<id>`. */
export interface Secrets {
  /** Keeps a value and gives its id; the same value of the same user for the same place keeps its id. */
  put(secret: Omit<StoredSecret, 'id'>): Promise<string>
  get(id: string): Promise<StoredSecret | undefined>
}

/** What Troupe asks of a database. `test/support/store-contract.ts` says what each promise means. */
export interface Store {
  runs: RunLog
  teams: Table<TeamRow>
  sessions: Table<SessionRow>
  /** One row for each user. */
  settings: Table<SettingsRow>
  galleries: Table<GalleryRow>
  secrets: Secrets
  takeover: Takeover
  close(): Promise<void>
}

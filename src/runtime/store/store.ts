import type { RunStatus } from '../../protocol/run-status.ts'
import type { StudioImport } from './foreign-row.ts'
import type {
  ConversationEntry,
  GalleryRow,
  JournalEntry,
  Row,
  RunChange,
  RunOverview,
  RunRow,
  RunState,
  SavedRun,
  SessionRow,
  SettingsRow,
  StoredFrame,
  StoredSecret,
  TeamHeader,
  TeamRow,
  TokenRow
} from './rows.ts'

export type * from './rows.ts'

/** Which runs are listed; a field that is left out does not restrict the list. */
export interface OverviewQuery {
  user?: string
  status?: readonly RunStatus[]
  /** A part of the team's name or of how the task begins, capitals do not matter; or the id of a run. */
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
  /** Deletes a run with its log; its session and the session's other runs stay. False where there is none. */
  delete(id: number): Promise<boolean>
  get(id: number): Promise<RunRow | undefined>
  /** Oldest first. */
  ofSession(session: number): Promise<RunRow[]>
  /**
   * Writes all of these changes, or none: one transaction for many runs. A frame or entry that is there already is an
   * error, unless `again` says that these changes were tried before and may be stored: then the same text is none.
   */
  commit(changes: readonly RunChange[], again?: boolean): Promise<void>
  /** Frames above `after`, in order; only those of one type where that is given. */
  frames(run: number, options?: { after?: number; limit?: number; type?: string }): Promise<StoredFrame[]>
  /** Entries above `after`, in order; only those of some kinds where these are given. */
  journal(run: number, after?: number, kinds?: readonly string[]): Promise<JournalEntry[]>
  /** Undefined before the first commit. */
  state(run: number): Promise<RunState | undefined>
  /** A run with all that it needs to go on. */
  saved(id: number): Promise<SavedRun | undefined>
  /** How many runs there are in each status. It takes the longer the more there are. */
  countByStatus(): Promise<Partial<Record<RunStatus, number>>>
  /** The ids of runs in one of these statuses, oldest first. */
  withStatus(...statuses: RunStatus[]): Promise<number[]>
  /** The ids of unfinished runs whose `wake_at` has come. */
  due(now: string, limit: number): Promise<number[]>
}

/** Rows of one kind that belong to users. Without `user` a row of any owner is found. */
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

/** The teams that users keep. */
export interface Teams extends Omit<Table<TeamRow>, 'insert'> {
  /** A team is not published unless told. */
  insert(row: Pick<TeamRow, 'component' | 'user_id'> & Partial<TeamRow>): Promise<TeamRow>
  /** The teams that a user may run, the own ones and those that are published, oldest first; of null: all teams. */
  reachable(user: string | null): Promise<TeamHeader[]>
  /** Makes a team the default, and no other. */
  makeDefault(id: number): Promise<void>
}

/** Which runs belong to which conversations of other protocols. An entry goes with its run. */
export interface Conversations {
  add(entry: ConversationEntry): Promise<void>
  /** The newest entries of a conversation, newest first. */
  newest(digest: string, limit: number): Promise<ConversationEntry[]>
  /** The first entry of each of these runs: the door through which it was begun. Runs without one are left out. */
  firstOf(runs: readonly number[]): Promise<ConversationEntry[]>
}

/** The values behind the references `secret:<id>`. */
export interface Secrets {
  /** Keeps a value and gives its id; the same value of the same user for the same place keeps its id. */
  put(secret: Omit<StoredSecret, 'id'>): Promise<string>
  get(id: string): Promise<StoredSecret | undefined>
}

/** Tokens for one run, and tokens that were revoked. */
export interface Tokens {
  /** Those that have not expired. */
  list(): Promise<TokenRow[]>
  /** Keeps one, in the place of one with the same digest; forgets those that have expired. */
  put(token: Omit<TokenRow, 'created_at'>): Promise<TokenRow>
}

/** Everything that Troupe keeps in a database. `test/support/store-contract.ts` holds what each member promises. */
export interface Store {
  runs: RunLog
  teams: Teams
  sessions: Table<SessionRow>
  /** One row for each user. */
  settings: Table<SettingsRow>
  galleries: Table<GalleryRow>
  secrets: Secrets
  tokens: Tokens
  conversations: Conversations
  imports: StudioImport
  /** Why the database cannot be used at present, or null. */
  readonly trouble: string | null
  close(): Promise<void>
}

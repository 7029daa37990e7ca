import type { EntityManager, EntityName } from '@mikro-orm/core'
import type { SecretKeys } from './secret-keys.ts'
import type { RunLog, SessionRow, SettingsRow } from './store.ts'

/** Where a store keeps its data, and how. */
export interface StoreOptions {
  /** `sqlite:<path>`, `sqlite::memory:`, `postgres://…` or `postgresql://…`. */
  database: string
  /**
   * SQLite only. `normal` loses nothing when the process dies, but the last commits may be gone after a loss of power;
   * `full` loses none and waits for the disk at each commit.
   */
  synchronous?: 'normal' | 'full'
  /** Encrypts secrets; without it they are stored as they are. */
  secretKeys?: SecretKeys
  /** Milliseconds since 1970. */
  now?: () => number
  /**
   * Takes the database for this process: `DatabaseInUse` is thrown where another one has taken it. It is free again when
   * the store is closed or the process ends, by whatever way.
   */
  alone?: boolean
  /** Another process has taken the database after all, while it could not be reached: this one must end. */
  taken?(error: DatabaseInUse): void
}

/** Another process has the database. */
export class DatabaseInUse extends Error {}

/** The statements that each dialect prepares itself: the hot path, and what is done to many rows at once. */
export interface Statements
  extends Pick<
    RunLog,
    | 'create'
    | 'commit'
    | 'frames'
    | 'journal'
    | 'get'
    | 'state'
    | 'saved'
    | 'copy'
    | 'overview'
    | 'delete'
    | 'deleteOld'
  > {
  /** Deletes a session with its runs; false where there is no such session. */
  deleteSession(id: number, user?: string): Promise<boolean>
  session(id: number, user?: string): Promise<SessionRow | undefined>
  settingsOf(user: string): Promise<SettingsRow[]>
}

/** An open database: everyday work goes through MikroORM, the hot path through the dialect's own statements. */
export interface Backend {
  em: EntityManager
  statements: Statements
  /**
   * Inside a transaction: whether no row of a table ever had an id, nor a larger one. If so, no row will be given it.
   */
  claim(em: EntityManager, entity: EntityName<object>, id: number): Promise<boolean>
  /** Reads; once more where a connection broke. */
  read<Result>(read: () => Promise<Result>): Promise<Result>
  /** Why the database cannot be used at present, or null. */
  trouble(): string | null
  close(): Promise<void>
}

import { optional } from '../runtime/packages/optional.ts'

/** A module of ours that needs SQLite. Throws a sentence where that is not installed. */
export const needingSqlite = <Module>(load: () => Promise<Module>): Promise<Module> =>
  optional(load, 'better-sqlite3', 'which Troupe keeps its data with')

import type { KnownMigration } from '../known-migration.ts'

/** The migrations for PostgreSQL, oldest first. */
export const migrations: readonly KnownMigration[] = [
  { name: '0001-first', load: async () => (await import('./0001-first.ts')).First },
  { name: '0002-doors', load: async () => (await import('./0002-doors.ts')).Doors },
  { name: '0003-tokens', load: async () => (await import('./0003-tokens.ts')).Tokens }
]

import type { KnownMigration } from '../known-migration.ts'

/** The migrations for SQLite, oldest first. */
export const migrations: readonly KnownMigration[] = [
  { name: '0001-first', load: async () => (await import('./0001-first.ts')).First },
  { name: '0002-studio', load: async () => (await import('./0002-studio.ts')).Studio },
  { name: '0003-status', load: async () => (await import('./0003-status.ts')).Status },
  { name: '0004-doors', load: async () => (await import('./0004-doors.ts')).Doors },
  { name: '0005-tokens', load: async () => (await import('./0005-tokens.ts')).Tokens }
]

import type { Constructor } from '@mikro-orm/core'
import type { Migration } from '@mikro-orm/migrations'

/** The migrations for SQLite, oldest first. Each is loaded only where it has to run. */
export const migrations: readonly { name: string; load(): Promise<Constructor<Migration>> }[] = [
  { name: '0001-first', load: async () => (await import('./0001-first.ts')).First },
  { name: '0002-studio', load: async () => (await import('./0002-studio.ts')).Studio },
  { name: '0003-status', load: async () => (await import('./0003-status.ts')).Status }
]

import Database from 'better-sqlite3'
import { vi } from 'vitest'
import type { RuntimeOptions } from '../../src/runtime/host/runtime.ts'
import { ManualClock } from './manual-clock.ts'
import { runtimeHere } from './runtime-here.ts'

/** A runtime, the connection that its store has, and another one to the same file. */
export async function withDatabase(options: Pick<RuntimeOptions, 'log'> = {}) {
  const pragma = vi.spyOn(Database.prototype, 'pragma')
  const clock = new ManualClock()
  const here = await runtimeHere({ clock, ...options })
  const own = pragma.mock.contexts[0] as unknown as Database.Database
  const other = () => new Database(own.name, { timeout: 5000 })
  /** Changes the file from outside. */
  const change = (sql: string, ...values: unknown[]) => {
    const db = other()
    db.prepare(sql).run(...values)
    db.close()
  }
  return { clock, own, other, change, here, ...here }
}

/** What a test has of a runtime and its database. */
export type Site = Awaited<ReturnType<typeof withDatabase>>

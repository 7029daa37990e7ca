import Database from 'better-sqlite3'
import { afterEach, expect, test, vi } from 'vitest'
import { serveHere } from '../support/run-server.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

test.each([
  [undefined, 1],
  ['normal', 1],
  ['full', 2]
] as const)(
  'a server that is asked for "%s" has SQLite wait for the disk as much as that [POWER-1]',
  async (synchronous, level) => {
    const pragma = vi.spyOn(Database.prototype, 'pragma')
    const server = await serveHere({ synchronous })
    const databases = pragma.mock.contexts as unknown as Database.Database[]
    const own = databases.find(({ name }) => !name.endsWith('-lock'))!
    expect(own.pragma('synchronous', { simple: true })).toBe(level)
    await server.close()
  }
)

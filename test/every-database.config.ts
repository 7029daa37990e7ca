import { defineConfig } from 'vitest/config'
import { projects } from './projects.ts'

/** What is tested with both databases: store, runtime, server, and the wire against recordings. */
const both = [
  'test/golden.test.ts',
  'test/runtime/**/*.test.ts',
  'test/server/**/*.test.ts',
  'test/simulation/**/*.test.ts',
  'test/conformance/wire.test.ts'
]
/** What opens the file of SQLite itself, or is about it. */
const ofSqlite = ['test/server/synchronous.test.ts']

export default defineConfig({ test: { projects: projects(both, ofSqlite) } })

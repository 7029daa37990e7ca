import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LogFields, silentLogger } from '../../src/runtime/shared/logger.ts'
import { type Server, type ServerOptions, serve } from '../../src/server/app.ts'
import { type Child, root, startChild } from './child.ts'
import { databaseIn, giveBack, onPostgres } from './database.ts'
import type { Frame } from './run-client.ts'

const user_id = 'guestuser@gmail.com'

export { freePort } from './free-port.ts'

/** A folder for one test. */
export async function temporary(): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-test-'))
  const remove = () => {
    giveBack(folder)
    return rm(folder, { recursive: true, force: true })
  }
  return { folder, remove }
}

/** A server in this process, with a database of its own. */
export async function serveHere(options: Partial<ServerOptions> = {}): Promise<Server> {
  const { folder, remove } = await temporary()
  const database = await databaseIn(folder)
  const error = ({ err }: LogFields, text: string) => console.error(text, err)
  const log = { ...silentLogger, error }
  const server = await serve({ host: '127.0.0.1', port: 0, database, version: '0', log, ...options })
  const close = async () => {
    await server.close()
    await remove()
  }
  return { ...server, close }
}

/** A server in a process of its own. */
export async function serveThere(folder: string, port: number, more: string[] = []): Promise<Child> {
  const database = onPostgres() ? ['--database', await databaseIn(folder)] : []
  const args = ['serve', '--port', String(port), '--data-dir', folder, ...database, ...more]
  return startChild(join(root, 'bin/troupe'), args, /^troupe listening on (http:\/\/127\.0\.0\.1:\d+)$/)
}

/** Asks for JSON. */
export async function rest(url: string, path: string, body?: unknown): Promise<Frame> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${url}/api${path}`, {
    ...(body !== undefined && { method: 'POST', headers, body: JSON.stringify(body) })
  })
  if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as Frame
}

/** Makes a session. */
export const newSession = async (url: string): Promise<number> =>
  (await rest(url, '/sessions/', { user_id, name: 'test' })).data.id

/** Makes a run, in a session of its own unless told. */
export async function newRun(url: string, session?: number): Promise<number> {
  const session_id = session ?? (await newSession(url))
  return (await rest(url, '/runs/', { session_id, user_id })).data.run_id
}

/** A run as REST shows it. */
export const readRun = async (url: string, run: number): Promise<Frame> =>
  (await rest(url, `/runs/${run}`)).data

/** The messages of a run as REST shows them. */
export const readMessages = async (url: string, run: number): Promise<Frame[]> =>
  (await rest(url, `/runs/${run}/messages`)).data

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { type Child, root, startChild } from '../support/child.ts'
import { chooser, recordings } from '../support/fixtures.ts'
import { startLoopback } from '../support/loopback.ts'
import { authConfig } from '../support/tokens.ts'
import type { WireFile } from '../support/wire-file.ts'
import { play } from '../support/wire-play.ts'

const files = recordings<WireFile>('wire')
// TROUPE_WIRE=01,26c-sessions plays those only.
const chosen = chooser('TROUPE_WIRE')

const servers = [
  { auth: false, workers: 1 },
  { auth: true, workers: 1 },
  { auth: false, workers: 4 },
  { auth: true, workers: 4 }
]

for (const { auth, workers } of servers) {
  describe(`the wire with authentication ${auth ? 'on' : 'off'}, processes: ${workers}`, () => {
    let folder: string
    let server: Child

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'troupe-wire-'))
      server = await startServer(folder, auth, workers)
    })
    afterAll(async () => {
      await server?.[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    })

    for (const file of files.filter((file) => (file.auth ?? false) === auth)) {
      const promise = chosen(file.name) ? test.concurrent : test.skip
      promise(`${file.name}: ${file.description}`, { timeout: 60_000 }, () => replay(file, server))
    }
  })
}

/** Starts the server on an empty database and waits until it listens. */
async function startServer(folder: string, auth: boolean, workers: number): Promise<Child> {
  const config = join(folder, 'auth.json')
  if (auth) await writeFile(config, JSON.stringify(authConfig))
  const args = [
    'serve',
    '--port',
    '0',
    '--data-dir',
    join(folder, 'data'),
    '--workers',
    String(workers),
    ...(auth ? ['--auth-config', config] : [])
  ]
  return startChild(join(root, 'bin/troupe'), args, /^troupe listening on (http:\/\/127\.0\.0\.1:\d+)$/)
}

async function replay(file: WireFile, server: Child): Promise<void> {
  const loopback = await startLoopback()
  try {
    await play(file, { base: server.ready[1]!, ...loopback })
  } catch (error) {
    throw new Error(`${(error as Error).message}\n  the server's last words: ${server.errors()}`, {
      cause: error
    })
  } finally {
    await loopback[Symbol.asyncDispose]()
  }
}

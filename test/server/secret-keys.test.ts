import { chmodSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readSecretKeys, SecretKeys } from '../../src/runtime/store/secret-keys.ts'
import { backup } from '../../src/runtime/store/sqlite/backup.ts'
import { databaseIn, onPostgres } from '../support/database.ts'
import { rowsOf } from '../support/database-contents.ts'
import { openaiServer, says } from '../support/openai-server.ts'
import { RestClient } from '../support/rest-client.ts'
import { serveHere, temporary } from '../support/run-server.ts'
import { assistant, roundRobin } from '../support/some-teams.ts'

const secret = 'sk-this-is-in-no-database'
const [first, second] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
const keysOf = (...keys: Buffer[]) => new SecretKeys(keys)

async function place() {
  const { folder, remove } = await temporary()
  onTestFinished(remove)
  return { folder, database: await databaseIn(folder) }
}

/** Runs a stored team, which is stored first where its id is not given; gives the id. */
async function work(database: string, secretKeys: SecretKeys | undefined, url: string, stored?: number) {
  const server = await serveHere({ database, secretKeys })
  try {
    const rest = new RestClient(server.url)
    const config = { model: 'gpt-4o', base_url: url, api_key: secret }
    const model = { provider: 'autogen_ext.models.openai.OpenAIChatCompletionClient', config }
    const component = { ...roundRobin([assistant('writer', model)], 2), component_type: 'team' }
    const id: number = stored ?? (await rest.post('/teams/', { user_id: 'ann', component })).body.data.id
    const { run } = await rest.newRun('ann')
    await rest.post(`/runs/${run}/start`, { task: 'Go.', team_id: id })
    const status = async () => (await rest.get(`/runs/${run}`)).body.data.status
    await expect.poll(status, { timeout: 15_000 }).toBe('complete')
    return id
  } finally {
    await server.close()
  }
}

describe('secrets in the database', () => {
  test('are encrypted where there is a key, those from before too, and again by a newer one', async () => {
    await using service = await openaiServer(says('Hello.'))
    const { database } = await place()
    const id = await work(database, undefined, service.url)
    const values = async () =>
      (await rowsOf(database, 'secret')).map((row) => String((row as { value: unknown }).value))
    expect(await values()).toEqual([secret])
    await work(database, keysOf(first), service.url, id)
    const [once] = await values()
    expect(once).not.toContain(secret)
    await work(database, keysOf(second, first), service.url, id)
    const [twice] = await values()
    expect(twice).not.toBe(once)
    await work(database, keysOf(second), service.url, id)
    expect(await values()).toEqual([twice])
    const keys = service.asked.map(({ headers }) => headers.authorization)
    expect(new Set(keys)).toEqual(new Set([`Bearer ${secret}`]))
    for (const secretKeys of [undefined, keysOf(first)])
      await expect(serveHere({ database, secretKeys })).rejects.toThrow(
        /key.* was not given: name it by --secret/
      )
  })
  test('cannot be moved to another place or changed', () => {
    const keys = keysOf(first)
    const stored = keys.encrypt(secret, 'here')
    expect(keys.decrypt(stored, 'here')).toBe(secret)
    expect(() => keys.decrypt(stored, 'there')).toThrow()
    const other = stored.endsWith('A') ? 'B' : 'A'
    expect(() => keys.decrypt(`${stored.slice(0, -2)}${other}${stored.slice(-1)}`, 'here')).toThrow()
  })
})

describe('a key', () => {
  test('is 32 bytes, and in a file that only its owner reads', async () => {
    const { folder } = await place()
    const file = join(folder, 'key')
    const good = first.toString('base64')
    writeFileSync(file, `${good}\n${second.toString('hex')}\n`, { mode: 0o600 })
    const keys = readSecretKeys({ file })!
    expect(keys.decrypt(keysOf(second).encrypt(secret, ''), '')).toBe(secret)
    expect(keys.isCurrent(readSecretKeys({ text: good })!.encrypt(secret, ''))).toBe(true)
    chmodSync(file, 0o640)
    expect(() => readSecretKeys({ file })).toThrow('chmod 600')
    for (const text of ['x', 'none', good.slice(4), ' , '])
      expect(() => readSecretKeys({ text })).toThrow(/TROUPE_SECRET_KEY/)
    expect(readSecretKeys({})).toBeUndefined()
  })
})

test.skipIf(onPostgres())(
  'a database is read by its owner only, also one of an older version, and so is a backup',
  async () => {
    const { folder } = await place()
    const file = join(folder, 'new', 'troupe.db')
    const mode = (path: string) => (statSync(path).mode & 0o777).toString(8)
    const once = async () => {
      const server = await serveHere({ database: `sqlite:${file}` })
      const modes = [file, `${file}-wal`, join(file, '..')].map(mode)
      await server.close()
      return modes
    }
    expect(await once()).toEqual(['600', '600', '700'])
    chmodSync(file, 0o644)
    expect(await once()).toEqual(['600', '600', '700'])
    const copy = join(folder, 'copy.db')
    await backup(file, copy)
    expect(mode(copy)).toBe('600')
  }
)

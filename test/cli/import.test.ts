import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { importCommand } from '../../src/cli/import.ts'
import { openStore } from '../../src/runtime/store/open-store.ts'
import { RestClient, SocketClient } from '../support/rest-client.ts'
import { serveHere, temporary } from '../support/run-server.ts'

let dump: string
beforeAll(async () => {
  dump = await readFile(new URL('../fixtures/studio-db.sql', import.meta.url), 'utf8')
})

/** A folder with a database of AutoGen Studio, `more` done to it. */
async function studio(more = '') {
  const { folder, remove } = await temporary()
  onTestFinished(remove)
  const file = join(folder, 'autogen.db')
  const db = new Database(file)
  db.exec(dump)
  db.exec(more)
  onTestFinished(() => void db.close())
  const data = join(folder, 'data')
  const run = async () => {
    const lines: string[] = []
    const errors: string[] = []
    const io = {
      stdout: (line: string) => lines.push(line),
      stderr: (text: string) => errors.push(text),
      isTerminal: false
    }
    const code = await importCommand([file, '--data-dir', data], io)
    return { code, lines, errors }
  }
  return { db, data, file, run, database: `sqlite:${join(data, 'troupe.db')}` }
}

const rows = (db: Database.Database, table: string) =>
  db.prepare(`select * from ${table} order by id`).all() as Record<string, unknown>[]

/** Everything in a database of ours. */
function contents(path: string): unknown {
  const db = new Database(path, { readonly: true })
  const tables = db.prepare(`select name from sqlite_master where type = 'table'`).pluck().all() as string[]
  const all = tables.map((name) => [name, db.prepare(`select * from "${name}"`).all()])
  db.close()
  return all
}

describe('troupe import', () => {
  test('takes every row: as REST shows it, it is what Studio had', async () => {
    const { db, run, database } = await studio()
    const { code, lines } = await run()
    expect(code).toBe(0)
    expect(lines).toEqual([
      ...['team: 6 taken, 0 known already', 'session: 6 taken, 0 known already'],
      ...['run: 6 taken, 0 known already', 'message: 29 taken, 0 known already'],
      ...['settings: 1 taken, 0 known already', 'gallery: 0 taken, 0 known already']
    ])
    const server = await serveHere({ database })
    onTestFinished(() => server.close())
    const rest = new RestClient(server.url)
    for (const { id, user_id, component } of rows(db, 'team')) {
      const { body } = await rest.get(`/teams/${id}?user_id=${user_id}`)
      expect(body.data.component).toEqual(JSON.parse(String(component)))
    }
    for (const { id, user_id, name, team_id, created_at } of rows(db, 'session')) {
      const { body } = await rest.get(`/sessions/${id}?user_id=${user_id}`)
      expect(body.data).toMatchObject({ id, user_id, name, team_id })
      expect(body.data.created_at).toBe(`${String(created_at).replace(' ', 'T')}Z`)
    }
    for (const { id, session_id, status, task, team_result, error_message } of rows(db, 'run')) {
      const { body } = await rest.get(`/runs/${id}`)
      expect(body.data).toMatchObject({ id, session_id, error_message, status: String(status).toLowerCase() })
      expect(body.data.task).toEqual(JSON.parse(String(task)))
      expect(body.data.team_result).toEqual(JSON.parse(String(team_result)))
      const messages = (await rest.get(`/runs/${id}/messages`)).body.data
      const there = rows(db, 'message').filter(({ run_id }) => run_id === id)
      expect(messages.map(({ config }: { config: unknown }) => config)).toEqual(
        there.map(({ config }) => JSON.parse(String(config)))
      )
    }
    const [settings] = rows(db, 'settings')
    const { body } = await rest.get(`/settings/?user_id=${settings!.user_id}`)
    expect(body.data).toMatchObject({ id: settings!.id, config: JSON.parse(String(settings!.config)) })
  })

  test('gives runs that a client can follow again to their last frame', async () => {
    const { run, database } = await studio()
    await run()
    const server = await serveHere({ database })
    onTestFinished(() => server.close())
    for (const [id, last] of [
      [5, 'result'],
      [3, 'completion']
    ] as const) {
      const client = new SocketClient(`${server.url}/api/ws/runs/${id}?after=0`)
      expect((await client.end).code).toBe(1000)
      const frames = client.frames.filter(({ seq }) => seq !== undefined)
      expect(frames.map(({ seq }) => seq)).toEqual(frames.map((_, i) => i + 1))
      expect(frames.at(-1)).toMatchObject({ type: last, run_id: id, replay: true })
      expect(JSON.stringify(frames)).toContain(id === 5 ? '"url":"data:image/png;base64,' : 'No more mock')
    }
  })

  test('changes nothing the second time, and takes only what is new', async () => {
    const { db, run, data } = await studio()
    await run()
    const before = contents(join(data, 'troupe.db'))
    const { lines } = await run()
    expect(lines).toContain('message: 0 taken, 29 known already')
    expect(contents(join(data, 'troupe.db'))).toEqual(before)
    db.exec(
      `insert into session (created_at, user_id, name) values ('2026-11-21 10:00:00.000001', 'x', 'new')`
    )
    expect((await run()).lines).toContain('session: 1 taken, 6 known already')
  })

  test('gives other ids where these are taken, and keeps together what belongs together', async () => {
    const { run, database } = await studio()
    const store = await openStore({ database })
    for (let i = 0; i < 9; i++) {
      const session = await store.sessions.insert({ user_id: 'me', name: 'mine', team_id: null })
      await store.runs.create({ session_id: session.id, user_id: 'me' })
      await store.teams.insert({ user_id: 'me', component: { provider: 'x', config: {} } })
    }
    await store.close()
    expect((await run()).code).toBe(0)
    const again = await openStore({ database })
    onTestFinished(() => again.close())
    const sessions = await again.sessions.list('guestuser@gmail.com')
    expect(sessions.map(({ name }) => name)).toContain('17-files')
    for (const session of sessions) {
      expect(session.id).toBeGreaterThan(9)
      expect((await again.teams.get(session.team_id!))?.user_id).toBe('guestuser@gmail.com')
      expect(await again.runs.ofSession(session.id)).toHaveLength(1)
    }
  })

  test('says what it could not take, and takes the rest', async () => {
    const { run } = await studio(`
      insert into evaltaskdb (name, description) values ('a', 'b');
      update run set status = 'ACTIVE' where id = 1;
      delete from session where id = 2;
      update team set component = 'null' where id = 3;
      insert into message (config, run_id) values ('{}', null);`)
    const { code, lines } = await run()
    expect(code).toBe(0)
    expect(lines.filter((line) => line.startsWith('not taken'))).toEqual([
      expect.stringContaining('message 30: it belongs to no run'),
      expect.stringContaining('team 3: it holds no component'),
      expect.stringContaining('run 1 was under way'),
      expect.stringContaining('run 2: its session is not there'),
      expect.stringContaining('1 rows of the table evaltaskdb')
    ])
    expect(lines).toContain('run: 5 taken, 0 known already')
  })

  test('keeps keys as secrets', async () => {
    const { run, data } = await studio(
      `update team set component = '{"provider": "x", "config": {"api_key": "sk-very-secret"}}' where id = 1`
    )
    await run()
    const tables = contents(join(data, 'troupe.db')) as [string, unknown][]
    const holding = tables.filter(([, all]) => JSON.stringify(all).includes('sk-very-secret'))
    expect(holding.map(([name]) => name)).toEqual(['secret'])
  })

  test('refuses what is no database of AutoGen Studio', async () => {
    const { data, file, run } = await studio()
    await run()
    const io = { stdout: () => {}, stderr: (text: string) => void errors.push(text), isTerminal: false }
    const errors: string[] = []
    await writeFile(
      `${file}.txt`,
      'This is no database, although it is long enough to be taken for one.'.repeat(20)
    )
    for (const path of [join(data, 'troupe.db'), `${file}.txt`, join(data, 'missing.db')])
      expect(await importCommand([path, '--data-dir', data], io)).toBe(1)
    expect(errors).toHaveLength(3)
  })
})

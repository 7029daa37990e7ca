import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { backupCommand } from '../../src/cli/backup.ts'
import { entriesOf } from '../../src/runtime/journal/run-log.ts'
import { openStore } from '../../src/runtime/store/open-store.ts'
import { root, runChild } from '../support/child.ts'
import { RunClient } from '../support/run-client.ts'
import { freePort, newRun, newSession, serveThere, temporary } from '../support/run-server.ts'
import { asker, talkers } from '../support/some-teams.ts'

async function folders(): Promise<{ data: string; file: string }> {
  const { folder, remove } = await temporary()
  onTestFinished(remove)
  return { data: join(folder, 'data'), file: join(folder, 'copy.db') }
}

/** Runs the command in this process; gives its exit code and what it wrote. */
async function backup(...args: string[]) {
  let text = ''
  const write = (line: string) => {
    text += line
  }
  const code = await backupCommand(args, { stdout: write, stderr: write, isTerminal: false })
  return { code, text }
}

test('a backup that is made while a server writes is whole [BACKUP-1]', async () => {
  const { data, file } = await folders()
  mkdirSync(data)
  const server = await serveThere(data, await freePort())
  onTestFinished(() => server[Symbol.asyncDispose]())
  const url = server.ready[1]!
  const session = await newSession(url)
  const run = await newRun(url, session)
  const client = await RunClient.connect(url, run)
  client.start(talkers(2000, 1))
  await client.next(({ seq }) => seq > 50)
  const { code, stdout, stderr } = await runChild(join(root, 'bin/troupe'), [
    'backup',
    file,
    '--data-dir',
    data
  ])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toContain('holds the whole database')
  await client.settled()
  const told = client.log
  expect(existsSync(`${file}-wal`)).toBe(false)
  const store = await openStore({ database: `sqlite:${file}` })
  onTestFinished(() => store.close())
  const log = (await store.runs.frames(run)).map(({ text }) => JSON.parse(text))
  expect(log.length).toBeGreaterThan(40)
  expect(log).toEqual(told.slice(0, log.length))
  // What came into the run stands beside what followed from it.
  const entries = (await store.runs.journal(run)).flatMap(entriesOf)
  const answers = entries.filter(({ kind }) => kind === 'effect')
  expect(answers).toHaveLength(log.filter(({ data }) => data?.source === 'talker').length)
  client.leave()
})

test('a server goes on from a backup: its runs go on from where they stood then [BACKUP-2]', async () => {
  const { data, file } = await folders()
  mkdirSync(data)
  const server = await serveThere(data, await freePort())
  onTestFinished(() => server[Symbol.asyncDispose]())
  const session = await newSession(server.ready[1]!)
  const follow = async (url: string, run: number, query = '') => {
    const client = await RunClient.connect(url, run, query)
    onTestFinished(() => client.leave())
    return client
  }
  const [waiting, active] = [await newRun(server.ready[1]!, session), await newRun(server.ready[1]!, session)]
  const asked = await follow(server.ready[1]!, waiting)
  asked.start(asker())
  await asked.next('input_request')
  const talking = await follow(server.ready[1]!, active)
  talking.start(talkers(100, 10))
  await talking.next(({ seq }) => seq === 10)
  expect(await backup(file, '--data-dir', data)).toMatchObject({ code: 0 })
  // What happens after it is not in it.
  asked.send({ type: 'input_response', response: 'Too late.' })
  await asked.next('result')

  const again = await temporary()
  copyFileSync(file, join(again.folder, 'troupe.db'))
  const other = await serveThere(again.folder, await freePort())
  onTestFinished(async () => {
    await other[Symbol.asyncDispose]()
    await again.remove()
  })
  const url = other.ready[1]!
  const answers = await follow(url, waiting)
  await answers.next('input_request')
  answers.send({ type: 'input_response', response: 'In time.' })
  expect((await answers.next('result')).data.task_result.messages.at(-1).content).toBe('In time.')
  const rest = await follow(url, active, '?after=0')
  await rest.next('result')
  expect(rest.log.map(({ seq }) => seq)).toEqual(rest.log.map((_, i) => i + 1))
  expect(rest.log.slice(0, 10)).toEqual(talking.log.slice(0, 10))
})

test('a backup is refused where there is no database, a file already, or no file to be copied', async () => {
  const { data, file } = await folders()
  expect(await backup(file, '--data-dir', data)).toMatchObject({
    code: 1,
    text: expect.stringMatching(/There is no database/)
  })
  mkdirSync(data)
  await (await openStore({ database: `sqlite:${join(data, 'troupe.db')}` })).close()
  writeFileSync(file, 'mine')
  expect(await backup(file, '--data-dir', data)).toMatchObject({
    code: 1,
    text: expect.stringMatching(/There is a file/)
  })
  expect(await backup(file, '--database', 'sqlite::memory:')).toMatchObject({
    code: 1,
    text: expect.stringMatching(/Only a database in/)
  })
  expect(await backup(file, '--database', 'postgresql://host/db')).toMatchObject({
    code: 1,
    text: expect.stringMatching(/Only a/)
  })
  expect((await backup()).code).toBe(1)
})

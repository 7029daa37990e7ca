import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { backupCommand } from '../../src/cli/backup.ts'
import { entriesOf } from '../../src/runtime/journal/run-log.ts'
import { openStore } from '../../src/runtime/store/open-store.ts'
import { root, runChild } from '../support/child.ts'
import { RunClient } from '../support/run-client.ts'
import { freePort, newRun, newSession, serveThere, temporary } from '../support/run-server.ts'
import { talkers } from '../support/some-teams.ts'

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

import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { root, runChild, startChild } from '../support/child.ts'
import { RunClient } from '../support/run-client.ts'
import { newRun, newSession, readRun, temporary } from '../support/run-server.ts'
import { talkers } from '../support/some-teams.ts'

/** A server in a process of its own that is started with these flags; gives its address. */
async function serveWith(...flags: string[]): Promise<string> {
  const { folder, remove } = await temporary()
  const args = ['serve', '--port', '0', '--data-dir', folder, ...flags]
  const child = await startChild(join(root, 'bin/troupe'), args, /^troupe listening on (http:\S+)$/)
  onTestFinished(async () => {
    await child[Symbol.asyncDispose]()
    await remove()
  })
  return child.ready[1]!
}

/** Starts a run and leaves it. */
async function startAndLeave(url: string, session: number, start = {}): Promise<number> {
  const run = await newRun(url, session)
  const client = await RunClient.connect(url, run)
  client.send({ type: 'start', task: 'Go.', team_config: talkers(2, 60_000), ...start })
  await client.next('message')
  client.leave()
  return run
}
const becomes = (url: string, run: number, status: string) =>
  expect.poll(async () => (await readRun(url, run)).status, { timeout: 8000 }).toBe(status)

test('a server that is told to stops what its clients have left, and a run may ask for something else [LEAVE-2] [LEAVE-4]', async () => {
  const url = await serveWith('--on-disconnect', 'stop', '--disconnect-grace', '0')
  const session = await newSession(url)
  const usual = await startAndLeave(url, session)
  const paused = await startAndLeave(url, session, { options: { on_disconnect: 'pause' } })
  const spared = await startAndLeave(url, session, { options: { on_disconnect: 'continue' } })
  await becomes(url, usual, 'stopped')
  await becomes(url, paused, 'paused')
  expect((await readRun(url, spared)).status).toBe('active')
})

test('a client that leaves before its start is done has left the run [LEAVE-6]', async () => {
  const url = await serveWith('--on-disconnect', 'stop', '--disconnect-grace', '0')
  const run = await newRun(url, await newSession(url))
  const client = await RunClient.connect(url, run)
  client.send({ type: 'start', task: 'Go.', team_config: talkers(2, 60_000) })
  client.ws.close()
  await becomes(url, run, 'stopped')
})

test.each([
  ['--on-disconnect', 'dance'],
  ['--disconnect-grace', '-1'],
  ['--disconnect-grace', 'soon'],
  ['--retain-days', '']
])('the server does not start with %s %s', async (flag, value) => {
  const { code, stderr } = await runChild(join(root, 'bin/troupe'), ['serve', flag, value])
  expect(code).toBe(1)
  expect(stderr).toContain(flag)
})

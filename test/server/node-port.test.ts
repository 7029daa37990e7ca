import { expect, onTestFinished, test } from 'vitest'
import { silentLogger } from '../../src/runtime/shared/logger.ts'
import { opener } from '../../src/server/ports.ts'
import { openNodePort } from '../../src/server/web/node-port.ts'
import { RunClient } from '../support/run-client.ts'
import { newRun, rest, serveHere } from '../support/run-server.ts'
import { talkers } from '../support/some-teams.ts'

const missing = () => Promise.reject(new Error('Cannot find module ./uws_linux_x64_137.node\nRequire stack:'))

test('a server serves runs over ws on node:http where that is asked for', async () => {
  const server = await serveHere({ sockets: 'ws' })
  onTestFinished(() => server.close())
  const run = await newRun(server.url)
  const client = await RunClient.connect(server.url, run)
  client.start(talkers(2))
  await client.next('result')
  expect(await client.end()).toMatchObject({ code: 1000 })
  const { data } = await rest(server.url, `/runs/${run}/events?after=0`)
  expect(data.map(({ seq }: { seq: number }) => seq)).toEqual(client.log.map(({ seq }) => seq))
})

test('ws takes the place of µWebSockets where that cannot be loaded, and the log says so', async () => {
  const said: string[] = []
  const log = { ...silentLogger, warn: (_: unknown, text: string) => void said.push(text) }
  expect(await opener({ log }, undefined, 1, missing)).toBe(openNodePort)
  expect(said).toEqual([expect.stringContaining('ws on node:http takes its place')])
  expect(said[0]).toContain('uws_linux_x64_137.node')
})

test('µWebSockets that is demanded, or needed for several processes, is an error where it cannot be loaded', async () => {
  await expect(opener({ log: silentLogger }, 'uws', 1, missing)).rejects.toThrow('it is needed')
  await expect(opener({ log: silentLogger }, undefined, 4, missing)).rejects.toThrow('it is needed')
  await expect(opener({ log: silentLogger }, 'ws', 4)).rejects.toThrow('--sockets ws')
})

test('a port that is taken is refused by ws on node:http too', async () => {
  const server = await serveHere({ sockets: 'ws' })
  onTestFinished(() => server.close())
  const port = Number(new URL(server.url).port)
  await expect(serveHere({ sockets: 'ws', port })).rejects.toThrow(`Port ${port} of 127.0.0.1 is taken`)
})

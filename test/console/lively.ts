import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Server } from '../../src/server/app.ts'
import { RunClient } from '../support/run-client.ts'
import { newRun } from '../support/run-server.ts'

/** Starts a run beside the page, as another client would. */
export async function startRun(
  url: string,
  team: unknown,
  task = 'Go.'
): Promise<{ run: number; client: RunClient }> {
  const run = await newRun(url)
  const client = await RunClient.connect(url, run)
  client.start(team, task)
  return { run, client }
}

/** A server that knows the tides, and tells them when it is told to. */
export async function tideServer(told = Promise.resolve()): Promise<{ port: number; close(): void }> {
  const server = createServer((_, response) => void told.then(() => response.end('{"high_water":["02:14"]}')))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, close: () => server.close() }
}

/** A run that is over, in which so many things were said: as it would stand in the log. */
export async function longRun({ url, runtime }: Server, count: number): Promise<number> {
  const run = await newRun(url)
  const created_at = new Date().toISOString()
  const message = (at: number) => ({
    ...{ id: crypto.randomUUID(), source: `talker_${at % 3}`, models_usage: null, metadata: {}, created_at },
    ...{ content: `answer ${at}`, type: 'TextMessage' }
  })
  const task_result = { messages: [], stop_reason: 'Enough.' }
  const end = { type: 'result', status: 'complete', data: { task_result, usage: '', duration: 1 } }
  const bodies = Array.from({ length: count }, (_, at) => ({ type: 'message', data: message(at) }))
  const frames = [...bodies, end].map((body, at) => {
    const seq = at + 1
    return { seq, type: body.type, text: JSON.stringify({ ...body, run_id: run, seq }) }
  })
  await runtime.store.runs.commit([{ run, frames, journal: [], row: { status: 'complete' } }])
  return run
}

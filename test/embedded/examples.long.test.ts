import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { root, startChild } from '../support/child.ts'
import { freePort } from '../support/free-port.ts'
import { SocketClient } from '../support/rest-client.ts'

const headers = { 'x-user': 'ann', 'content-type': 'application/json' }

/** Starts a run by REST and gives its result, at where a handler is mounted. */
async function converse(ask: (path: string, body?: object) => Promise<Response>): Promise<string> {
  const data = async (path: string, body?: object) =>
    ((await (await ask(path, body)).json()) as { data: { id: number; run_id: number } }).data
  const { id: session_id } = await data('/sessions/', { name: 'first' })
  const { run_id } = await data('/runs/', { session_id })
  await data(`/runs/${run_id}/start`, { team: 'desk', task: 'Hello.' })
  // Its stream ends with the run.
  return (await ask(`/runs/${run_id}/events?after=0`)).text()
}

describe.each(['node-http', 'express', 'fastify', 'hono'])('the example of a server with %s', (name) => {
  test('starts runs, streams them and takes their sockets', async () => {
    const port = await freePort()
    const program = join(root, `examples/servers/${name}.ts`)
    await using child = await startChild(
      '/usr/bin/env',
      [`PORT=${port}`, process.execPath, program],
      /^listening on/
    )
    expect(child.errors()).toBe('')
    const home = `http://127.0.0.1:${port}`
    expect(await (await fetch(home)).text()).toBe('home')
    const text = await converse((path, body) => {
      const accept = body ? 'application/json' : 'text/event-stream'
      const init = {
        headers: { ...headers, accept },
        ...(body && { method: 'POST', body: JSON.stringify(body) })
      }
      return fetch(`${home}/agents/api${path}`, init)
    })
    expect(text).toContain('How can I help?')
    const client = new SocketClient(`${home}/agents/api/ws/runs/1?after=0`, headers)
    onTestFinished(() => client.ws.terminate())
    expect((await client.end).code).toBe(1000)
    expect(JSON.stringify(client.frames)).toContain('How can I help?')
  })
})

test('the example of a route of Next answers as the others do', async () => {
  const { GET, POST } = await import('../../examples/servers/next/route.ts')
  const { troupe } = await import('../../examples/servers/desk.ts')
  onTestFinished(() => troupe.close())
  const text = await converse((path, body) => {
    const url = `http://localhost:3000/agents/api${path}`
    if (body) return POST(new Request(url, { method: 'POST', headers, body: JSON.stringify(body) }))
    return GET(new Request(url, { headers: { ...headers, accept: 'text/event-stream' } }))
  })
  expect(text).toContain('How can I help?')
})

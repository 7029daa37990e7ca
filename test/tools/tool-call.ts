import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { ToolCall } from '../../src/runtime/tools/tool.ts'

/** The circumstances of a call in a test. */
export const callOf = (changes: Partial<ToolCall> = {}): ToolCall => ({
  signal: new AbortController().signal,
  idempotencyKey: 'run:team/a:0:1:0',
  context: undefined,
  env: {},
  ...changes
})

/** What a test server was asked. */
export interface Asked {
  method: string
  url: string
  headers: IncomingMessage['headers']
  body: string
}

/** A web server on a free port of 127.0.0.1 that keeps what it was asked. */
export interface WebServer extends AsyncDisposable {
  port: number
  asked: Asked[]
}

/** Starts a web server; without an answer of the test's own it says `ok`. */
export async function webServer(
  answer: (response: ServerResponse, asked: Asked) => void = (response) => response.end('ok')
): Promise<WebServer> {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request
    const one = { method, url, headers, body: await text(request) }
    asked.push(one)
    answer(response, one)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    }
  }
}

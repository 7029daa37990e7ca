import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import express from 'express'
import Fastify from 'fastify'
import { Hono } from 'hono'
import { attachWebSocket, type FetchHandler, toNode } from '../../src/embedded/http.ts'

/** A program's own server with a handler in it. */
export interface Host {
  /** Where the handler is mounted. */
  url: string
  close(): Promise<void>
}

type Start = (handler: FetchHandler) => Promise<Host>

/** Servers as programs write them, each with the handler below `/agents`. */
export const hosts: Record<string, Start> = {
  async 'node:http'(handler) {
    const answer = toNode(handler)
    const server = createServer((request, response) => {
      if (request.url?.startsWith('/agents/')) return answer(request, response)
      response.end('home')
    })
    attachWebSocket(server, handler)
    server.listen(0, '127.0.0.1')
    return hostOf(server)
  },
  async Express(handler) {
    const app = express()
    app.use('/agents', toNode(handler))
    app.get('/', (_, response) => void response.send('home'))
    const server = app.listen(0, '127.0.0.1')
    attachWebSocket(server, handler)
    return hostOf(server)
  },
  async 'Express with a parser of bodies before it'(handler) {
    const app = express()
    app.use(express.json())
    app.use('/agents', toNode(handler))
    app.get('/', (_, response) => void response.send('home'))
    const server = app.listen(0, '127.0.0.1')
    attachWebSocket(server, handler)
    return hostOf(server)
  },
  async Fastify(handler) {
    const app = Fastify()
    const answer = toNode(handler)
    app.get('/', () => 'home')
    app.register(async (scope) => {
      // The handler reads bodies itself.
      scope.removeAllContentTypeParsers()
      scope.addContentTypeParser('*', (_request, _body, done) => done(null))
      scope.all('/agents/*', (request, reply) => {
        reply.hijack()
        answer(request.raw, reply.raw)
      })
    })
    attachWebSocket(app.server, handler)
    const url = await app.listen({ port: 0, host: '127.0.0.1' })
    return { url: `${url}/agents`, close: () => app.close() }
  },
  async Hono(handler) {
    const app = new Hono()
    app.get('/', (c) => c.text('home'))
    app.all('/agents/*', (c) => handler(c.req.raw))
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server
    attachWebSocket(server, handler)
    return hostOf(server)
  }
}

async function hostOf(server: Server): Promise<Host> {
  if (!server.listening) await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/agents`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  }
}

// Runs inside a server of Hono: `PORT=3000 node examples/servers/hono.ts`.
import type { Server } from 'node:http'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { attachWebSocket } from 'troupe/http'
import { handler, port } from './desk.ts'

const app = new Hono()
app.get('/', (c) => c.text('home'))
app.all('/agents/*', (c) => handler(c.req.raw))
const server = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }, () =>
  console.log(`listening on ${port}`)
)
attachWebSocket(server as Server, handler)

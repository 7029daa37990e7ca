// Runs inside a server of Fastify: `PORT=3000 node examples/servers/fastify.ts`.
import Fastify from 'fastify'
import { attachWebSocket, toNode } from 'troupe/http'
import { handler, port } from './desk.ts'

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
await app.listen({ port, host: '127.0.0.1' })
console.log(`listening on ${port}`)

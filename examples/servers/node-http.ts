// Runs inside a server of node:http: `PORT=3000 node examples/servers/node-http.ts`.
import { createServer } from 'node:http'
import { attachWebSocket, toNode } from 'troupe/http'
import { handler, port } from './desk.ts'

const answer = toNode(handler)
const server = createServer((request, response) => {
  if (request.url?.startsWith('/agents/')) answer(request, response)
  else response.end('home')
})
attachWebSocket(server, handler)
server.listen(port, '127.0.0.1', () => console.log(`listening on ${port}`))

// Runs inside a server of Express: `PORT=3000 node examples/servers/express.ts`.
import express from 'express'
import { attachWebSocket, toNode } from 'troupe/http'
import { handler, port } from './desk.ts'

const app = express()
app.use('/agents', toNode(handler))
app.get('/', (_, response) => void response.send('home'))
const server = app.listen(port, '127.0.0.1', () => console.log(`listening on ${port}`))
attachWebSocket(server, handler)

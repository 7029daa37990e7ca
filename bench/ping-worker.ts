/** Sends a ping every so often on a connection of its own, in a thread of its own: the load client cannot delay it. */
import { parentPort, workerData } from 'node:worker_threads'
import { clientFrame, kindOf } from './frames.ts'
import type { Ping } from './pinger.ts'
import { type Address, Socket } from './socket.ts'
import { now } from './waiting.ts'

const { address, run, every } = workerData as { address: Address; run: string; every: number }
const frame = clientFrame('{"type":"ping"}')
const pings: Ping[] = []
const waiting: Ping[] = []
let timer: NodeJS.Timeout | undefined

const socket = await Socket.open(address, `/api/ws/runs/${run}`, {
  text: (bytes, from, to) => {
    const ping = kindOf(bytes, from, to) === 'pong' ? waiting.shift() : undefined
    if (ping) ping.took = now() - ping.at
  },
  closed: () => clearInterval(timer)
})

const send = () => {
  const ping = { at: now(), took: undefined }
  pings.push(ping)
  waiting.push(ping)
  socket.send(frame)
}
timer = setInterval(send, every)

parentPort!.once('message', () => {
  clearInterval(timer)
  socket.close()
  parentPort!.postMessage(pings)
})
parentPort!.postMessage('open')

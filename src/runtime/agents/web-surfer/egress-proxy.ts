import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Egress } from '../../network/egress/egress.ts'

/**
 * A proxy on the loopback address for a browser that may not reach everything: each connection is asked of the egress,
 * those of redirects, frames and sockets too. Gives its address.
 */
export async function egressProxy(egress: Egress): Promise<{ url: string; close(): void }> {
  const server = createServer((incoming, response) => void forward(egress, incoming, response))
  server.on('connect', (incoming, socket, head) => void tunnel(egress, incoming, socket, head))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  server.unref()
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections()
      server.close()
    }
  }
}

async function forward(egress: Egress, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = URL.parse(incoming.url ?? '')
  const allowed = url?.protocol === 'http:' && (await egress.allows(url).catch(() => false))
  if (!url || !allowed) return void response.writeHead(403).end(refusal)
  const { method, headers } = incoming
  const onward = request(url, { method, headers, lookup: egress.lookupFor(url) }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  onward.on('error', () => response.headersSent || response.writeHead(502).end())
  incoming.pipe(onward)
}

async function tunnel(
  egress: Egress,
  { url = '' }: IncomingMessage,
  socket: Duplex,
  head: Buffer
): Promise<void> {
  socket.on('error', () => {})
  const target = URL.parse(`https://${url}`)
  const allowed = target && (await egress.allows(target).catch(() => false))
  if (!target || !allowed) return void socket.end(`HTTP/1.1 403 Forbidden\r\n\r\n${refusal}`)
  const host = target.hostname.replace(/^\[|\]$/g, '')
  const place = { port: Number(target.port || 443), host, lookup: egress.lookupFor(target) }
  const onward: Socket = connect(place, () => {
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    onward.write(head)
    onward.pipe(socket)
    socket.pipe(onward)
  })
  onward.on('error', () => socket.destroy())
  socket.on('close', () => onward.destroy())
}

const refusal = 'The operator does not allow this address to be reached.'

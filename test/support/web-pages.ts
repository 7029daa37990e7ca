import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { type Egress, openEgress } from '../../src/runtime/network/egress/egress.ts'

type Page = string | ((request: IncomingMessage, response: ServerResponse) => void)

/** A web server of the test's own: pages by path. Gives its address; it ends with the test. */
export async function webPages(pages: Record<string, Page>): Promise<string> {
  const server = createServer((request, response) => {
    const page = pages[new URL(request.url!, 'http://x').pathname]
    if (typeof page === 'function') return page(request, response)
    response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' })
    response.end(page ?? 'not here')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** An egress by which every request for some hosts comes to a server of the test. */
export const ledTo = (address: string, ...hosts: string[]): Egress & { asked: URL[] } => {
  const asked: URL[] = []
  return {
    asked,
    open: false,
    allows: async () => true,
    lookupFor: (url) => openEgress.lookupFor(url),
    fetch(given, init) {
      const url = new URL(given)
      asked.push(url)
      return fetch(hosts.includes(url.host) ? new URL(url.pathname + url.search, address) : url, init)
    }
  }
}

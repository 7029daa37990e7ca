import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

const say = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** A provider of logins that knows one person, who has the code `good` and always agrees. */
export async function loginProvider(name = 'Ann </script><b>') {
  const asked: URLSearchParams[] = []
  const server = createServer(async (request, response) => {
    const url = new URL(request.url!, 'http://provider')
    if (url.pathname === '/authorize') {
      const back = new URL(url.searchParams.get('redirect_uri')!)
      back.search = String(new URLSearchParams({ code: 'good', state: url.searchParams.get('state')! }))
      return response.writeHead(302, { location: back.href }).end()
    }
    if (url.pathname === '/token') {
      const form = new URLSearchParams(await text(request))
      asked.push(form)
      const good = form.get('code') === 'good' && form.get('client_secret') === 'its secret'
      return say(response, 200, good ? { access_token: 'gho_1' } : { error: 'bad_verification_code' })
    }
    if (request.headers.authorization !== 'Bearer gho_1') return say(response, 401, {})
    if (url.pathname === '/api/user')
      return say(response, 200, { id: 42, login: 'ann', name, email: null, avatar_url: null })
    say(response, 200, [{ email: 'ann@example.com', primary: true }])
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  /** The config of a server that sends people here. */
  const github = (callback_url: string) => ({
    ...{ client_id: 'its id', client_secret: 'its secret', callback_url },
    ...{ authorize_url: `${base}/authorize`, token_url: `${base}/token`, api_url: `${base}/api` }
  })
  return { asked, github, close: () => void server.close() }
}

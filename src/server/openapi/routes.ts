import { randomBytes } from 'node:crypto'
import { type Route, route } from '../http/route.ts'
import { openApi } from './document.ts'
import { docsPage } from './page.ts'

/** The same routes and, beside them, their description and a page that shows it. */
export function described(routes: readonly Route[], version: string): Route[] {
  let document: unknown
  const all: Route[] = [
    ...routes,
    route('GET', '/api/openapi.json', {}, () => {
      document ??= openApi(all, version)
      return { status: 200, body: document }
    }),
    route('GET', '/api/docs', {}, () => {
      const nonce = randomBytes(16).toString('base64')
      const own = `'nonce-${nonce}'`
      return {
        status: 200,
        headers: {
          'content-type': 'text/html; charset=utf-8',
          'content-security-policy': `default-src 'none'; connect-src 'self'; script-src ${own}; style-src ${own}`
        },
        bytes: Buffer.from(docsPage(nonce))
      }
    })
  ]
  return all
}

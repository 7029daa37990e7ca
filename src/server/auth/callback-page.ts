import { randomBytes } from 'node:crypto'
import type { HttpResponse } from '../http/http.ts'

/** The message to the page that opened the login. */
export type LoginMessage =
  | { type: 'auth-success'; token: string; user: object }
  | { type: 'auth-error'; error: string }

/** The page at the end of a login: tells the page that opened it, of the same origin only, and closes. */
export function callbackPage(status: number, message: LoginMessage): HttpResponse {
  const nonce = randomBytes(16).toString('base64')
  // Nothing in the message can end the script.
  const json = JSON.stringify(message).replace(/[<>&\u2028\u2029]/g, (sign) => {
    return `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
  const text = message.type === 'auth-success' ? 'You are logged in.' : 'The login failed.'
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Login</title></head>
<body><p>${text} You can close this window.</p>
<script nonce="${nonce}">
const message = ${json}
if (window.opener) {
  window.opener.postMessage(message, window.location.origin)
  window.close()
}
</script></body></html>
`
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-security-policy': `default-src 'none'; script-src 'nonce-${nonce}'`
    },
    bytes: Buffer.from(html)
  }
}

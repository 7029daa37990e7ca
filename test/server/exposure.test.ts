import { describe, expect, onTestFinished, test } from 'vitest'
import { AuthConfig } from '../../src/server/auth/config.ts'
import { jwt_secret } from '../support/forged-tokens.ts'
import { LogBook } from '../support/log-book.ts'
import { serveHere } from '../support/run-server.ts'

const auth = AuthConfig.parse({ type: 'jwt', jwt_secret })

describe('a server without authentication', () => {
  test.each(['0.0.0.0', '::'])('does not start at %s, and says what to do', async (host) => {
    const message = /authentication is off.*--auth-config.*--host 127\.0\.0\.1.*--insecure/
    await expect(serveHere({ host })).rejects.toThrow(message)
    await expect(serveHere({ host, auth: AuthConfig.parse({ type: 'none' }) })).rejects.toThrow(message)
  })

  test('starts there when the operator says --insecure, and warns each time', async () => {
    for (const log of [new LogBook(), new LogBook()]) {
      const server = await serveHere({ host: '0.0.0.0', insecure: true, log })
      await server.close()
      expect(log.problems).toMatchObject([{ level: 'warn', code: 'insecure', host: '0.0.0.0' }])
    }
  })
})

test.each([
  ['127.0.0.1', undefined],
  ['localhost', undefined],
  ['0.0.0.0', auth]
])('a server at %s starts without a warning where strangers cannot use it', async (host, auth) => {
  const log = new LogBook()
  const server = await serveHere({ host, auth, log })
  onTestFinished(() => server.close())
  expect(log.problems).toEqual([])
})

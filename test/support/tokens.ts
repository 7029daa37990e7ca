import { createHmac } from 'node:crypto'

/** The secret that the server of the tests signs with. */
export const jwtSecret = 'a secret of the tests, long enough for HS256'

/** The authentication config of the wire recordings, as AutoGen Studio takes it. */
export const authConfig = {
  type: 'github',
  jwt_secret: jwtSecret,
  token_expiry_minutes: 60,
  github: {
    client_id: 'test-client',
    client_secret: 'test-secret',
    callback_url: 'http://localhost:8081/api/auth/callback',
    scopes: ['user:email']
  }
}

/** The tokens that the wire recordings name. */
export function tokens(): Record<string, string> {
  return {
    alice: sign(claims('alice')),
    bob: sign(claims('bob')),
    admin: sign(claims('root', 'admin')),
    expired: sign({ ...claims('alice'), exp: inSeconds(-3600) }),
    'alg none': `${encode({ alg: 'none', typ: 'JWT' })}.${encode(claims('alice'))}.`,
    'wrong secret': sign(claims('alice'), 'another secret, also long enough for HS256'),
    'no sub': sign({ ...claims('alice'), sub: undefined })
  }
}

const claims = (sub: string, role = 'user'): object => ({
  sub,
  name: sub,
  email: `${sub}@example.com`,
  provider: 'github',
  roles: [role],
  exp: inSeconds(3600)
})

function sign(payload: object, secret = jwtSecret): string {
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(payload)}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')

const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds

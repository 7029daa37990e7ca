import { createHmac } from 'node:crypto'

/** The secret of the server. */
export const jwt_secret = 'the secret of this test, of 32 bytes and more'
const inAnHour = Math.floor(Date.now() / 1000) + 3600
const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')

function token(claims: object, secret = jwt_secret, alg = 'HS256'): string {
  const signed = `${encode({ alg, typ: 'JWT' })}.${encode({ exp: inAnHour, ...claims })}`
  return `${signed}.${alg === 'none' ? '' : createHmac('sha256', secret).update(signed).digest('base64url')}`
}
/** Good tokens, by their user; root is an admin. */
export const tokens = {
  alice: token({ sub: 'alice' }),
  bob: token({ sub: 'bob' }),
  root: token({ sub: 'root', roles: ['admin'] })
}
/** What is no good token, in words. */
export const forged: Record<string, string | undefined> = {
  'no token': undefined,
  'the word null': 'null',
  'no token at all': 'garbage',
  'a token of another secret': token({ sub: 'alice' }, 'another secret'),
  'an unsigned token': token({ sub: 'alice' }, '', 'none'),
  'an expired token': token({ sub: 'alice', exp: inAnHour - 7200 }),
  'a token that names nobody': token({ name: 'alice' }),
  'a token that names an object': token({ sub: { id: 'alice' } })
}

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
  SignJWT
} from 'jose'
import { HttpError } from '../http/http.ts'
import type { AuthConfig } from './config.ts'
import { type Identity, identityOf } from './identity.ts'
import { unauthorized } from './identity-check.ts'

/** Reads tokens: gives whom they name, or throws what the client is answered. */
export type Verify = (token: string) => Promise<Identity>

/** Reads the tokens that a config accepts: HS256 by the secret, RS256 and ES256 by the key set, nothing else. */
export function verifier(config: Exclude<AuthConfig, { type: 'none' }>): Verify {
  const secret = config.jwt_secret === undefined ? undefined : new TextEncoder().encode(config.jwt_secret)
  const other = config.type === 'jwt' ? config.jwt : undefined
  const keys = other && keySet(other)
  const demands: JWTVerifyOptions = { issuer: other?.issuer, audience: other?.audience }
  const read = async (token: string): Promise<JWTPayload> => {
    const { alg } = decodeProtectedHeader(token)
    if (alg === 'HS256' && secret)
      return (await jwtVerify(token, secret, { ...demands, algorithms: ['HS256'] })).payload
    if (!keys) throw new errors.JOSEAlgNotAllowed('There is no key for this algorithm')
    return (await jwtVerify(token, keys, { ...demands, algorithms: ['RS256', 'ES256'] })).payload
  }
  return async (token) => {
    const payload = await read(token).catch((error) => {
      throw refusalOf(error, other?.jwks_url !== undefined)
    })
    const identity = identityOf(bounded(payload, config), { ...other, admins: config.admins })
    if (!identity) throw unauthorized('The token names no user.')
    return identity
  }
}

/** A token that names no end lives as long as one of ours, from when it was issued; one that says neither is refused. */
function bounded(payload: JWTPayload, { token_expiry_minutes }: Minutes): JWTPayload {
  if (payload.exp !== undefined) return payload
  const { iat } = payload
  const now = Date.now() / 1000
  if (typeof iat !== 'number' || iat > now + LEEWAY) throw unauthorized('The token has no end.')
  const exp = iat + token_expiry_minutes * 60
  if (exp <= now) throw unauthorized('The token has expired.')
  return { ...payload, exp }
}

type Minutes = Pick<AuthConfig, 'token_expiry_minutes'>

/** Seconds by which the clock of another issuer may be ahead. */
const LEEWAY = 60

function keySet({
  jwks_file,
  jwks_url
}: {
  jwks_file?: string
  jwks_url?: string
}): JWTVerifyGetKey | undefined {
  if (jwks_file) return createLocalJWKSet(JSON.parse(readFileSync(jwks_file, 'utf8')))
  return jwks_url ? createRemoteJWKSet(new URL(jwks_url), { timeoutDuration: 5000 }) : undefined
}

/** `remote`: the keys are fetched, which may fail through no fault of the token. */
function refusalOf(error: unknown, remote: boolean): HttpError {
  if (error instanceof errors.JWTExpired) return unauthorized('The token has expired.')
  const away = error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid
  const judged = error instanceof errors.JOSEError && error.code !== 'ERR_JOSE_GENERIC'
  const broken = error instanceof TypeError && /token/i.test(error.message)
  if (remote && (away || !(judged || broken)))
    return new HttpError(503, 'The keys for the token cannot be had at present.')
  return unauthorized('The token is not valid.')
}

/** How long a login may take, in seconds. */
export const LOGIN_SECONDS = 600

const digest = (text: string) => createHash('sha256').update(text).digest('base64url')

/** Signs tokens of our own. */
export class Signer {
  readonly #key: Uint8Array
  readonly #stateKey: Uint8Array
  readonly #minutes: number

  constructor(secret: string, minutes: number) {
    this.#key = new TextEncoder().encode(secret)
    // A state is never a token, nor the other way round.
    this.#stateKey = createHash('sha256').update(`state of ${secret}`).digest()
    this.#minutes = minutes
  }

  /** The token of a user. */
  token({ id, name, email, avatar_url, provider, roles }: Identity): Promise<string> {
    return new SignJWT({ name, email, avatar_url, provider, roles: [...roles] })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setSubject(id)
      .setIssuedAt()
      .setExpirationTime(new Date(Date.now() + this.#minutes * 60_000))
      .sign(this.#key)
  }

  /** What comes back with a login, to tell that it began here; `browser` is what the browser keeps. */
  state(browser: string): Promise<string> {
    return new SignJWT({ jti: digest(browser) })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime(`${LOGIN_SECONDS}s`)
      .sign(this.#stateKey)
  }

  /** Whether that was made here for a login of this browser; null is a client that keeps nothing, and is no browser. */
  async isState(state: string | undefined, browser: string | null): Promise<boolean> {
    if (state === undefined) return false
    const read = jwtVerify(state, this.#stateKey, { algorithms: ['HS256'] })
    const jti = await read.then(({ payload }) => payload.jti).catch(() => undefined)
    return jti !== undefined && (browser === null || jti === digest(browser))
  }
}

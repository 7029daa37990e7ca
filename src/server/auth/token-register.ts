import { createHash, randomBytes } from 'node:crypto'
import type { TokenRow, Tokens } from '../../runtime/store/store.ts'
import type { TokenExpiries, TokenHolder } from '../ws/token-expiry.ts'
import type { Identity } from './identity.ts'
import { unauthorized } from './identity-check.ts'

const PREFIX = 'troupe_run_'
/** When a revocation is kept for ever. */
const NEVER = '9999-12-31T00:00:00.000Z'

/** SHA-256 of a token, by which it is known: the tokens themselves are kept nowhere. */
const digestOf = (token: string): string => createHash('sha256').update(token).digest('base64url')

/** Tokens for one run, and all tokens that are good no more. They are read once: one process has a database. */
export class TokenRegister {
  readonly #rows = new Map<string, TokenRow>()
  readonly #expiries: TokenExpiries
  #tokens: Tokens | undefined

  /** @param expiries ends what tokens keep open */
  constructor(expiries: TokenExpiries) {
    this.#expiries = expiries
  }

  /** Reads what is kept. Before that no token is known. */
  async open(tokens: Tokens): Promise<void> {
    this.#tokens = tokens
    for (const row of await tokens.list()) this.#rows.set(row.digest, row)
  }

  /** Makes a token by which a run can be followed and answered, in the name of its owner. */
  async issue(
    run_id: number,
    user_id: string | null,
    seconds: number
  ): Promise<{ token: string } & TokenRow> {
    const token = `${PREFIX}${randomBytes(32).toString('base64url')}`
    const expires_at = new Date(Date.now() + seconds * 1000).toISOString()
    const row = await this.#put({ digest: digestOf(token), kind: 'run', user_id, run_id, expires_at })
    return { token, ...row }
  }

  /** Whom a token for one run names; undefined for any other token. Throws 401 where it is good no more. */
  runToken(token: string): Identity | undefined {
    if (!token.startsWith(PREFIX)) return undefined
    const digest = digestOf(token)
    const row = this.#rows.get(digest)
    if (row?.kind === 'revoked') throw revoked()
    const expires = Date.parse(row?.expires_at ?? '')
    if (row?.kind !== 'run' || row.run_id === null || !(expires > Date.now()))
      throw unauthorized('The token is not valid, or has expired.')
    const id = row.user_id ?? ''
    const issued = Math.floor(Date.parse(row.created_at) / 1000)
    return this.#known(digest, { id, name: id, provider: 'run', roles: [], run: row.run_id, expires, issued })
  }

  /** An identity that a token has proved; throws 401 where the token, or all of its user, were revoked. */
  checked(token: string, identity: Identity): Identity {
    return this.#known(digestOf(token), identity)
  }

  /** Revokes a token, and closes what it keeps open. `expires`: when it would have ended, in milliseconds since 1970. */
  async revoke(token: string, expires: number | undefined): Promise<void> {
    const digest = digestOf(token)
    const ends = this.#rows.get(digest)?.expires_at ?? (expires ? new Date(expires).toISOString() : NEVER)
    await this.#put({ digest, kind: 'revoked', user_id: null, run_id: null, expires_at: ends })
    this.#expiries.revoked((holder: TokenHolder) => holder.token === digest)
  }

  /** Revokes all tokens of a user that were issued until now, and closes what they keep open. */
  async revokeUser(user_id: string): Promise<void> {
    await this.#put({ digest: `user:${user_id}`, kind: 'user', user_id, run_id: null, expires_at: NEVER })
    this.#expiries.revoked(({ id, token }) => token !== undefined && id === user_id)
  }

  #known(digest: string, identity: Identity): Identity {
    if (this.#rows.get(digest)?.kind === 'revoked') throw revoked()
    const all = this.#rows.get(`user:${identity.id}`)
    // One that does not say when it was issued may be of any time.
    if (all && Math.floor(Date.parse(all.created_at) / 1000) >= (identity.issued ?? 0)) throw revoked()
    return { ...identity, token: digest }
  }

  async #put(token: Omit<TokenRow, 'created_at'>): Promise<TokenRow> {
    const row = await this.#tokens!.put(token)
    const now = new Date().toISOString()
    for (const [digest, { expires_at }] of this.#rows) if (expires_at <= now) this.#rows.delete(digest)
    this.#rows.set(row.digest, row)
    return row
  }
}

const revoked = () => unauthorized('The token was revoked.')

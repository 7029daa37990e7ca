import type { Backend } from '../backend.ts'
import { Token } from '../entities.ts'
import type { TokenRow, Tokens } from '../store.ts'
import { plain } from './table.ts'

/** The table of tokens. */
export const tokens = ({ em: manager, read }: Backend, now: () => string): Tokens => ({
  async list() {
    const found = await read(() => manager.fork().find(Token, { expires_at: { $gt: now() } }))
    return found.map((row) => plain<TokenRow>(row))
  },
  async put(token) {
    const created_at = now()
    const em = manager.fork()
    await em.nativeDelete(Token, { $or: [{ digest: token.digest }, { expires_at: { $lte: created_at } }] })
    await em.insert(Token, { ...token, created_at })
    return { ...token, created_at }
  }
})

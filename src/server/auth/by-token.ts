import type { AuthConfig } from './config.ts'
import { type Auth, tokenOf, unauthorized } from './identity-check.ts'
import { openPaths, ownOpenPaths } from './open-routes.ts'
import { authRoutes } from './routes.ts'
import type { TokenRegister } from './token-register.ts'
import { verifier } from './tokens.ts'

/** Authentication by tokens. */
export function byToken(config: Exclude<AuthConfig, { type: 'none' }>, register: TokenRegister): Auth {
  const open = [...new Set([...openPaths, ...config.exclude_paths])]
  const verify = verifier(config)
  return {
    routes: authRoutes(config, open),
    isOpen: (path) => [...open, ...ownOpenPaths].some((entry) => fits(entry, path)),
    async identify(head, query) {
      const token = tokenOf(head, query)
      if (token === undefined) throw unauthorized('A token is needed.')
      return register.runToken(token) ?? register.checked(token, await verify(token))
    }
  }
}

const fits = (entry: string, path: string): boolean =>
  entry.endsWith('*') ? path.startsWith(entry.slice(0, -1)) : path === entry

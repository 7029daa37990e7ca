import type { Logger } from '../runtime/shared/logger.ts'
import { isLoopback } from './http/origin-guard.ts'

/** Where a server is reached, and whether its users prove who they are. */
export interface Exposure {
  host: string
  auth?: { type: string }
  /** Whether the operator has said that everybody may be let in from elsewhere. */
  insecure?: boolean
}

/**
 * Throws where a server would let everybody on the network do everything, unless the operator wants that; then it says
 * so in the log at each start.
 */
export function demandSafe({ host, auth, insecure = false }: Exposure, log: Logger): void {
  if (isLoopback(host) || (auth && auth.type !== 'none')) return
  const danger =
    `whoever reaches ${host} can do everything here as anybody, with the keys of this machine: ` +
    'authentication is off.'
  if (!insecure)
    throw new Error(
      `The server does not start: ${danger} Set it up with --auth-config FILE, bind to --host 127.0.0.1, or say ` +
        '--insecure if that is wanted.'
    )
  log.warn({ host, code: 'insecure' }, `--insecure: ${danger}`)
}

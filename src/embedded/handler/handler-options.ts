import type { AllowedTeams, Verb } from './allow.ts'

/** The user of a request: an id, or an id and whether everything may be read and steered; nothing where there is none. */
export type KnownUser = string | { id: string; admin?: boolean } | null | undefined

/** What a handler lets its clients do. */
export interface HandlerOptions {
  /**
   * The user of a request, by the program's own session or token; a request without one is refused. Without it everybody may do
   * everything, and requests are taken only where they are sent to this machine, or from `allowOrigins`.
   */
  user?(request: Request): KnownUser | Promise<KnownUser>
  /** What clients may do; everything unless told. */
  allow?: readonly Verb[]
  /** Which teams they may start: any unless told; `stored`: those that were registered or are stored. */
  teams?: AllowedTeams
  /** Origins, such as `https://pages.example.com`, whose pages may use the handler besides its own. */
  allowOrigins?: readonly string[]
  /** The largest body and frame, in bytes; 32 MiB unless told. */
  maxFrame?: number
  /** The most sockets per address; no limit unless told. */
  maxConnections?: number
}

export const handlerOptionNames: readonly (keyof HandlerOptions)[] = [
  ...(['user', 'allow', 'teams', 'allowOrigins', 'maxFrame', 'maxConnections'] as const)
]

/** The server that `troupe serve` runs, for a program that starts it itself. */
export type { Permissions } from '../runtime/components/permissions.ts'
export type { Logger } from '../runtime/shared/logger.ts'
export type { DisconnectPolicy } from '../runtime/subscriptions/disconnect-policy.ts'
export { type Server, type ServerOptions, serve } from './app.ts'
export type { AuthConfig } from './auth/config.ts'

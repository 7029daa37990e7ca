import { refusal } from '../../protocol/close-codes.ts'
import type { SecretVault } from '../../runtime/components/secret-vault.ts'
import type { Egress } from '../../runtime/network/egress/egress.ts'
import { type Auth, socketUser } from '../auth/auth.ts'
import { tokenOf } from '../auth/identity-check.ts'
import { mayAccess } from '../http/http.ts'
import type { SocketRoute, UpgradeRequest, Verdict } from '../ws/socket.ts'
import { McpConnection } from './connection.ts'
import type { McpSessions, McpVisit } from './sessions.ts'

interface McpSocketServices {
  mcpSessions: McpSessions
  auth: Auth
  vault: SecretVault
  /** What the operator lets configs start. */
  commands: readonly string[] | 'any'
  /** What may be reached. */
  egress?: Egress
}

/** `/api/mcp/ws/{session_id}`: a page speaks to an MCP server. */
export const mcpSocket = (services: McpSocketServices): SocketRoute<McpVisit> => ({
  path: '/api/mcp/ws/{session_id}',
  upgrade: (request) => admit(services, request),
  open: (socket, { id, params, user }) =>
    new McpConnection(socket, {
      session: id,
      params: async () => reveal(services.vault, params, user.id ?? undefined),
      ...{ commands: services.commands, egress: services.egress },
      ends: (closing) => services.mcpSessions.ends(closing)
    })
})

/** Puts secrets back as they stand in a workbench: that is where a page has them from. */
async function reveal(
  vault: SecretVault,
  server_params: unknown,
  owner: string | undefined
): Promise<unknown> {
  const workbench = { provider: 'autogen_ext.tools.mcp.McpWorkbench', config: { server_params } }
  return (await vault.reveal(workbench, owner)).config.server_params
}

/**
 * Studio's page sends no token here: it knows the session's id, which was told to its user only. Who does send one
 * has to be that user.
 */
async function admit(
  { mcpSessions, auth }: McpSocketServices,
  request: UpgradeRequest
): Promise<Verdict<McpVisit>> {
  const id = request.params.session_id ?? ''
  const owner = mcpSessions.userOf(id)
  if (tokenOf(request, true) !== undefined) {
    const user = await socketUser(auth, request)
    if ('refuse' in user) return user
    if (user.run !== undefined) return refusal('notYours', 'token_scope', String(user.run))
    if (owner && !mayAccess(user, owner.id)) return { ...refusal('notYours', 'not_yours'), user: user.id }
  }
  const visit = mcpSessions.take(id)
  if (!visit) return refusal('unknownSession', 'unknown_session')
  return { accept: visit, expires: visit.user.expires, user: visit.user.id, token: visit.user.token }
}

import { refusal } from '../../protocol/close-codes.ts'
import type { SecretVault } from '../../runtime/components/secret-vault.ts'
import { type Auth, socketUser } from '../auth/auth.ts'
import { tokenOf } from '../auth/identity-check.ts'
import { mayAccess } from '../http/http.ts'
import type { SocketRoute, UpgradeRequest, Verdict } from '../ws/socket.ts'
import { McpConnection } from './connection.ts'
import type { McpSessions, McpVisit } from './sessions.ts'

interface McpSocketDeps {
  sessions: McpSessions
  auth: Auth
  keyring: SecretVault
  /** What the operator lets configs start. */
  commands: readonly string[] | 'any'
}

/** `/api/mcp/ws/{session_id}`: a page speaks to an MCP server. */
export const mcpSocket = (deps: McpSocketDeps): SocketRoute<McpVisit> => ({
  path: '/api/mcp/ws/{session_id}',
  upgrade: (request) => admit(deps, request),
  open: (socket, { id, params, user }) =>
    new McpConnection(socket, {
      session: id,
      params: async () => reveal(deps.keyring, params, user.id ?? undefined),
      commands: deps.commands,
      ends: (closing) => deps.sessions.ends(closing)
    })
})

/** Puts secrets back as they stand in a workbench: that is where a page has them from. */
async function reveal(
  keyring: SecretVault,
  server_params: unknown,
  owner: string | undefined
): Promise<unknown> {
  const workbench = { provider: 'autogen_ext.tools.mcp.McpWorkbench', config: { server_params } }
  return (await keyring.reveal(workbench, owner)).config.server_params
}

/**
 * Studio's page sends no token here: it knows the session's id, which was told to its user only. Who does send one
 * has to be that user.
 */
async function admit({ sessions, auth }: McpSocketDeps, request: UpgradeRequest): Promise<Verdict<McpVisit>> {
  const id = request.params.session_id ?? ''
  const owner = sessions.userOf(id)
  if (tokenOf(request, true) !== undefined) {
    const user = await socketUser(auth, request)
    if ('refuse' in user) return user
    if (owner && !mayAccess(user, owner.id)) return refusal('notYours', 'not_yours')
  }
  const visit = sessions.take(id)
  return visit ? { accept: visit, expires: visit.user.expires } : refusal('unknownSession', 'unknown_session')
}

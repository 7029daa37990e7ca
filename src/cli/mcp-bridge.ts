import { once } from 'node:events'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import {
  ErrorCode,
  isInitializeRequest,
  isJSONRPCRequest,
  type JSONRPCMessage,
  type RequestId
} from '@modelcontextprotocol/sdk/types.js'

/** Passes messages on between stdin and stdout and the MCP door of a running server, until one of them is gone. */
export async function bridge(address: string, token: string | undefined): Promise<void> {
  if (!URL.canParse(address))
    throw new Error(`--url: "${address}" is no address such as http://127.0.0.1:8081.`)
  const headers = token === undefined ? undefined : { authorization: `Bearer ${token}` }
  const server = new StreamableHTTPClientTransport(new URL('/mcp', address), { requestInit: { headers } })
  const client = new StdioServerTransport()
  let initialize: RequestId | undefined
  client.onmessage = (message) => {
    if (isInitializeRequest(message)) initialize = (message as { id?: RequestId }).id
    if (isJSONRPCRequest(message) && message.method === 'server/discover') {
      // A session is what is bridged: the client falls back to beginning one.
      void refuse(message.id, ErrorCode.MethodNotFound, 'This bridge speaks MCP of 2025.')
      return
    }
    server.send(message).catch((error: Error) => {
      const why = `The server at ${address} could not be asked: ${reasonOf(error)}`
      if (isJSONRPCRequest(message)) void refuse(message.id, ErrorCode.InternalError, why)
    })
  }
  server.onmessage = (message) => {
    const version = versionIn(message, initialize)
    if (version !== undefined) server.setProtocolVersion(version)
    void client.send(message)
  }
  const refuse = (id: RequestId, code: number, message: string) =>
    client.send({ jsonrpc: '2.0', id, error: { code, message } })
  await server.start()
  await client.start()
  await Promise.race([
    ...['end', 'close'].map((event) => once(process.stdin, event)),
    ...['SIGTERM', 'SIGINT'].map((signal) => once(process, signal))
  ])
  await server.terminateSession().catch(() => {})
  await server.close()
  await client.close()
}

/** Why a request has failed: `fetch` keeps that in the cause. */
const reasonOf = ({ message, cause }: Error): string =>
  cause instanceof Error ? cause.message || message : message

/** The revision that the answer to `initialize` has agreed on: later requests name it. */
function versionIn(message: JSONRPCMessage, initialize: RequestId | undefined): string | undefined {
  if (!('result' in message) || message.id !== initialize) return undefined
  const { protocolVersion } = message.result as { protocolVersion?: unknown }
  return typeof protocolVersion === 'string' ? protocolVersion : undefined
}

/** What `troupe.handler()` gives, for servers that do not speak web requests. */
export { attachWebSocket, type UpgradingServer } from '../server/web/attach-web-socket.ts'
export type { FetchHandler } from '../server/web/fetch-handler.ts'
export { type NodeHandler, toNode } from '../server/web/to-node.ts'

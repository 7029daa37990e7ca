import { structuredMessageFactory } from './assistant/structured.ts'
import { assistantAgent } from './assistant.ts'
import { messageFilterAgent } from './message-filter.ts'
import { userProxyAgent } from './user-proxy.ts'

/** Every agent that a config may name. */
export const agents = [assistantAgent, messageFilterAgent, userProxyAgent] as const

/** Every shape of an answer that a config may name. */
export const answers = [structuredMessageFactory] as const

import { assistantAgent } from './assistant.ts'
import { userProxyAgent } from './user-proxy.ts'

/** Every agent that a config may name. */
export const agents = [assistantAgent, userProxyAgent] as const

import { structuredMessageFactory } from './assistant/structured.ts'
import { assistantAgent, magenticOneCoder } from './assistant.ts'
import { pythonCodeExecutionTool } from './code-executor/code-tool.ts'
import { localCodeExecutor } from './code-executor/local.ts'
import { codeExecutorAgent } from './code-executor.ts'
import { fileSurfer } from './file-surfer.ts'
import { messageFilterAgent } from './message-filter.ts'
import { societyOfMindAgent } from './society-of-mind.ts'
import { userProxyAgent } from './user-proxy.ts'
import { usualWebSurfer } from './web-surfer.ts'

/** Every agent that a config may name. */
export const agents = [
  assistantAgent,
  codeExecutorAgent,
  fileSurfer(undefined),
  magenticOneCoder,
  messageFilterAgent,
  societyOfMindAgent,
  userProxyAgent,
  usualWebSurfer
] as const

/** Every shape of an answer that a config may name. */
export const answers = [structuredMessageFactory] as const

/** The tools that have to do with agents. */
export const agentTools = [pythonCodeExecutionTool] as const

/** What runs code. It is off: the operator registers `localCodeExecutor(true)` over it. */
export const executors = [localCodeExecutor(false)] as const

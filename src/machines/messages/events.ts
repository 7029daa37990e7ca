import { z } from 'zod'
import { message } from './envelope.ts'
import { FunctionCall, FunctionResult } from './model-message.ts'

export const ToolCallRequestEvent = message('ToolCallRequestEvent', { content: z.array(FunctionCall) })
export type ToolCallRequestEvent = z.infer<typeof ToolCallRequestEvent>
export const ToolCallExecutionEvent = message('ToolCallExecutionEvent', { content: z.array(FunctionResult) })
export type ToolCallExecutionEvent = z.infer<typeof ToolCallExecutionEvent>
export const UserInputRequestedEvent = message('UserInputRequestedEvent', {
  request_id: z.string(),
  content: z.literal('').default('')
})
export type UserInputRequestedEvent = z.infer<typeof UserInputRequestedEvent>

/** A thing worth remembering: a text, JSON or a picture (`{data}`). Source: autogen-core `MemoryContent`. */
export const MemoryContent = z.object({
  content: z.union([z.string(), z.record(z.string(), z.unknown())]),
  mime_type: z.string(),
  metadata: z.record(z.string(), z.unknown()).nullable().default(null)
})
export type MemoryContent = z.infer<typeof MemoryContent>

export const MemoryQueryEvent = message('MemoryQueryEvent', { content: z.array(MemoryContent) })
export type MemoryQueryEvent = z.infer<typeof MemoryQueryEvent>
export const ModelClientStreamingChunkEvent = message('ModelClientStreamingChunkEvent', {
  content: z.string(),
  full_message_id: z.string().nullish()
})
export type ModelClientStreamingChunkEvent = z.infer<typeof ModelClientStreamingChunkEvent>
export const ThoughtEvent = message('ThoughtEvent', { content: z.string() })
export type ThoughtEvent = z.infer<typeof ThoughtEvent>
export const SelectSpeakerEvent = message('SelectSpeakerEvent', { content: z.array(z.string()) })
export type SelectSpeakerEvent = z.infer<typeof SelectSpeakerEvent>
/** What a selector's model says while it chooses. */
export const SelectorEvent = message('SelectorEvent', { content: z.string() })
export type SelectorEvent = z.infer<typeof SelectorEvent>

/** A piece of code out of a text, and its language as the text names it. */
export const CodeBlock = z.object({ code: z.string(), language: z.string() })
export type CodeBlock = z.infer<typeof CodeBlock>

/** What running code came to. */
export const CodeResult = z.object({ exit_code: z.int(), output: z.string() })
export type CodeResult = z.infer<typeof CodeResult>

/** Code that a model wrote; the first try has `retry_attempt` 0. */
export const CodeGenerationEvent = message('CodeGenerationEvent', {
  retry_attempt: z.int(),
  content: z.string(),
  code_blocks: z.array(CodeBlock)
})
export type CodeGenerationEvent = z.infer<typeof CodeGenerationEvent>
/** Code that was run; the only event without `content`. */
export const CodeExecutionEvent = message('CodeExecutionEvent', {
  retry_attempt: z.int(),
  result: CodeResult
})
export type CodeExecutionEvent = z.infer<typeof CodeExecutionEvent>

/** What happens inside a turn, for those who watch; other agents do not hear it. */
export const AgentEvent = z.discriminatedUnion('type', [
  ToolCallRequestEvent,
  ToolCallExecutionEvent,
  UserInputRequestedEvent,
  MemoryQueryEvent,
  ModelClientStreamingChunkEvent,
  ThoughtEvent,
  SelectSpeakerEvent,
  SelectorEvent,
  CodeGenerationEvent,
  CodeExecutionEvent
])
export type AgentEvent = z.infer<typeof AgentEvent>

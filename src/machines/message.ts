import { z } from 'zod'

/** Tokens a model used, as it counted them itself. Source: autogen-core `RequestUsage`. */
export const Usage = z.object({ prompt_tokens: z.int(), completion_tokens: z.int() })
export type Usage = z.infer<typeof Usage>

/** A picture as base64 PNG, JPEG, GIF or WebP data without a data-URL prefix. */
export const Image = z.object({ data: z.string() })
export type Image = z.infer<typeof Image>

/** A model's wish to call a tool. `arguments` is the JSON text as the model wrote it, perhaps not JSON at all. */
export const FunctionCall = z.object({ id: z.string(), arguments: z.string(), name: z.string() })
export type FunctionCall = z.infer<typeof FunctionCall>

/** What a tool call came to. */
export const FunctionResult = z.object({
  content: z.string(),
  name: z.string().default(''),
  call_id: z.string(),
  is_error: z.boolean().nullish()
})
export type FunctionResult = z.infer<typeof FunctionResult>

/** The messages a model is given. Source: autogen-core `LLMMessage`; saved agent states hold them in this shape. */
export const ModelMessage = z.discriminatedUnion('type', [
  z.object({ content: z.string(), type: z.literal('SystemMessage') }),
  z.object({
    content: z.union([z.string(), z.array(z.union([z.string(), Image]))]),
    source: z.string(),
    type: z.literal('UserMessage')
  }),
  z.object({
    content: z.union([z.string(), z.array(FunctionCall)]),
    thought: z.string().nullable().default(null),
    source: z.string(),
    type: z.literal('AssistantMessage')
  }),
  z.object({ content: z.array(FunctionResult), type: z.literal('FunctionExecutionResultMessage') })
])
export type ModelMessage = z.infer<typeof ModelMessage>

const common = {
  /** A UUID. */
  id: z.string(),
  source: z.string(),
  models_usage: Usage.nullable().default(null),
  metadata: z.record(z.string(), z.string()).default({}),
  /** ISO 8601 with zone. */
  created_at: z.string()
}
const message = <Type extends string, Fields extends z.ZodRawShape>(type: Type, fields: Fields) =>
  z.object({ ...common, ...fields, type: z.literal(type) })

export const TextMessage = message('TextMessage', { content: z.string() })
export type TextMessage = z.infer<typeof TextMessage>
export const MultiModalMessage = message('MultiModalMessage', {
  content: z.array(z.union([z.string(), Image]))
})
export type MultiModalMessage = z.infer<typeof MultiModalMessage>
export const StopMessage = message('StopMessage', { content: z.string() })
export type StopMessage = z.infer<typeof StopMessage>
export const HandoffMessage = message('HandoffMessage', {
  content: z.string(),
  target: z.string(),
  context: z.array(ModelMessage).default([])
})
export type HandoffMessage = z.infer<typeof HandoffMessage>
export const ToolCallSummaryMessage = message('ToolCallSummaryMessage', {
  content: z.string(),
  tool_calls: z.array(FunctionCall).default([]),
  results: z.array(FunctionResult).default([])
})
export type ToolCallSummaryMessage = z.infer<typeof ToolCallSummaryMessage>

/** What agents say to each other. */
export const ChatMessage = z.discriminatedUnion('type', [
  TextMessage,
  MultiModalMessage,
  StopMessage,
  HandoffMessage,
  ToolCallSummaryMessage
])
export type ChatMessage = z.infer<typeof ChatMessage>

export const ToolCallRequestEvent = message('ToolCallRequestEvent', { content: z.array(FunctionCall) })
export type ToolCallRequestEvent = z.infer<typeof ToolCallRequestEvent>
export const ToolCallExecutionEvent = message('ToolCallExecutionEvent', { content: z.array(FunctionResult) })
export type ToolCallExecutionEvent = z.infer<typeof ToolCallExecutionEvent>
export const UserInputRequestedEvent = message('UserInputRequestedEvent', {
  request_id: z.string(),
  content: z.literal('').default('')
})
export type UserInputRequestedEvent = z.infer<typeof UserInputRequestedEvent>
export const ModelClientStreamingChunkEvent = message('ModelClientStreamingChunkEvent', {
  content: z.string(),
  full_message_id: z.string().nullish()
})
export type ModelClientStreamingChunkEvent = z.infer<typeof ModelClientStreamingChunkEvent>
export const ThoughtEvent = message('ThoughtEvent', { content: z.string() })
export type ThoughtEvent = z.infer<typeof ThoughtEvent>
export const SelectSpeakerEvent = message('SelectSpeakerEvent', { content: z.array(z.string()) })
export type SelectSpeakerEvent = z.infer<typeof SelectSpeakerEvent>

/** What happens inside a turn, for those who watch; other agents do not hear it. */
export const AgentEvent = z.discriminatedUnion('type', [
  ToolCallRequestEvent,
  ToolCallExecutionEvent,
  UserInputRequestedEvent,
  ModelClientStreamingChunkEvent,
  ThoughtEvent,
  SelectSpeakerEvent
])
export type AgentEvent = z.infer<typeof AgentEvent>

/** Anything a team yields. */
export type TeamMessage = ChatMessage | AgentEvent

const chatTypes: ReadonlySet<string> = new Set(ChatMessage.options.map((option) => option.shape.type.value))

/** Tells what is said to the others from what is only to be seen. */
export const isChat = (message: TeamMessage): message is ChatMessage => chatTypes.has(message.type)

/** A message's content as one text: pictures stand as `[image]`, lists as JSON. Source: autogen `to_text`. */
export function textOf(message: TeamMessage): string {
  if (typeof message.content === 'string') return message.content
  if (message.type !== 'MultiModalMessage') return JSON.stringify(message.content)
  return message.content.map((part) => (typeof part === 'string' ? part : '[image]')).join('\n')
}

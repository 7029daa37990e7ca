import { z } from 'zod'
import { common, message } from './envelope.ts'
import type { AgentEvent } from './events.ts'
import { FunctionCall, FunctionResult, Image, ModelMessage } from './model-message.ts'

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
  context: z.array(ModelMessage).default(() => [])
})
export type HandoffMessage = z.infer<typeof HandoffMessage>
export const ToolCallSummaryMessage = message('ToolCallSummaryMessage', {
  content: z.string(),
  tool_calls: z.array(FunctionCall).default(() => []),
  results: z.array(FunctionResult).default(() => [])
})
export type ToolCallSummaryMessage = z.infer<typeof ToolCallSummaryMessage>

/**
 * Content that fits a schema, which the type's name stands for: `StructuredMessage[Answer]`. This schema knows the
 * frame only; the content is checked where the type is registered. `format_string` says how people read it.
 */
export const StructuredMessage = z.object({
  ...common,
  content: z.record(z.string(), z.unknown()),
  format_string: z.string().nullable().default(null),
  type: z.templateLiteral(['StructuredMessage[', z.string(), ']'])
})
export interface StructuredMessage<Content = Record<string, unknown>>
  extends Omit<z.infer<typeof StructuredMessage>, 'content'> {
  content: Content
}

/** What agents say to each other. Structured messages and one's own types are read by `MessageTypes`. */
export const ChatMessage = z.discriminatedUnion('type', [
  TextMessage,
  MultiModalMessage,
  StopMessage,
  HandoffMessage,
  ToolCallSummaryMessage
])
export type ChatMessage = z.infer<typeof ChatMessage> | StructuredMessage

/** Anything a team yields. */
export type TeamMessage = ChatMessage | AgentEvent

/**
 * Tells what is said to the others from what is only to be seen. The name alone says it, of one's own types too:
 * that of an event ends in `Event`.
 */
export const isChat = (message: TeamMessage): message is ChatMessage => !message.type.endsWith('Event')

/** Tells a message whose content has a shape of its own; in a list of a typed agent's messages its type is known. */
export const isStructured = <Message extends { type: string }>(
  message: Message
): message is Extract<Message, { type: StructuredMessage['type'] }> =>
  message.type.startsWith('StructuredMessage[')

import type { ModelMessage } from '../../machines/messages/index.ts'

/** A piece of a history without a tool result at its head: the call is not in it, and services refuse such a piece. */
export const withoutLeadingResult = (messages: readonly ModelMessage[]): readonly ModelMessage[] =>
  messages[0]?.type === 'FunctionExecutionResultMessage' ? messages.slice(1) : messages

import type {
  Draft,
  FunctionCall,
  FunctionResult,
  ToolCallSummaryMessage
} from '../../../machines/messages/index.ts'
import { formatText } from '../../../machines/messages/python-repr.ts'
import type { Executed } from './handoff.ts'

/** Puts a call and its result into a line of the summary. */
export type Summarize = (call: FunctionCall, result: FunctionResult) => string

/** Lines after a format with `{tool_name}`, `{arguments}`, `{result}` and `{is_error}`. */
export const byFormat =
  (format: string): Summarize =>
  (call, result) =>
    formatText(format, {
      tool_name: call.name,
      arguments: call.arguments,
      result: result.content,
      is_error: result.is_error ?? null
    })

/** What an agent says after it has used tools and does not reflect on what they gave. */
export const summaryMessage = (
  source: string,
  executed: Executed,
  summarize: Summarize
): Draft<ToolCallSummaryMessage> => ({
  type: 'ToolCallSummaryMessage',
  source,
  content: executed.map(([call, result]) => summarize(call, result)).join('\n'),
  tool_calls: executed.map(([call]) => call),
  results: executed.map(([, result]) => result)
})

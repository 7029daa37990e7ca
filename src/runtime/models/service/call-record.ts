import type { ModelCallRecord, ModelResult } from '../model.ts'
import type { Answer } from './service.ts'

/** The record of one call: what was sent and, in OpenAI's shape, what came. Source: autogen-core `LLMCallEvent`. */
export function callRecord(answer: Answer, result: ModelResult, model: string): ModelCallRecord {
  const { prompt_tokens, completion_tokens } = result.usage
  return {
    type: 'LLMCall',
    messages: messagesOf(answer.sent),
    response: hasChoices(answer.came)
      ? merged(completion(answer, result, model), answer.came)
      : completion(answer, result, model),
    prompt_tokens,
    completion_tokens,
    agent_id: null
  }
}

function messagesOf(sent: unknown): unknown[] {
  const messages = (sent as { messages?: unknown } | undefined)?.messages
  return Array.isArray(messages) ? messages : []
}

type Body = Record<string, unknown>

const hasChoices = (came: unknown): came is Body => Array.isArray((came as Body | undefined)?.choices)

// The answer itself knows more; ours fills in what compatible servers leave out.
const merged = (made: Body, came: Body): Body => ({
  ...made,
  ...came,
  usage: { ...(made.usage as Body), ...(came.usage as Body | null) }
})

function completion(
  answer: Answer,
  { content, usage, finish_reason, thought }: ModelResult,
  model: string
): Body {
  const calls = typeof content === 'string' ? undefined : content
  const message = calls
    ? { role: 'assistant', content: thought, tool_calls: calls.map(toolCall) }
    : { role: 'assistant', content, ...(thought && { reasoning_content: thought }) }
  return {
    id: answer.id ?? null,
    object: 'chat.completion',
    model: answer.model ?? model,
    choices: [
      { index: 0, message, finish_reason: finish_reason === 'function_calls' ? 'tool_calls' : finish_reason }
    ],
    usage: { ...usage, total_tokens: usage.prompt_tokens + usage.completion_tokens }
  }
}

const toolCall = ({ id, name, arguments: text }: { id: string; name: string; arguments: string }) => ({
  id,
  type: 'function',
  function: { name, arguments: text }
})

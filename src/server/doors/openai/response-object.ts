import { type AnswerEnd, isCutShort } from '../common/answer-events.ts'

/** What is kept of a response besides the run and where it begins. */
export interface KeptResponse {
  model: string
  speakers: 'on' | 'off' | 'final'
  previous: string | null
  conversation: string | null
  instructions: string | null
  background: boolean
  metadata: Record<string, string>
}

/** A response as far as it has come. */
export interface ResponseProgress {
  id: string
  /** Seconds since 1970. */
  created: number
  text: string
  end: AnswerEnd | null
  kept: KeptResponse
}

/** The id of a response follows from its run and where it begins there: a restart loses none. */
export const responseId = (run: number, after: number): string => `resp_${run}_${after}`

/** The run of a response and where it begins there; undefined for an id that is none of ours. */
export function placeIn(id: string): { run: number; after: number } | undefined {
  const [, run, after] = /^resp_([1-9]\d{0,14})_(\d{1,15})$/.exec(id) ?? []
  return run === undefined ? undefined : { run: Number(run), after: Number(after) }
}

/** A response in OpenAI's shape. */
export function responseObject({ id, created, text, end, kept }: ResponseProgress): Record<string, unknown> {
  const status = statusOf(end)
  return {
    id,
    object: 'response',
    created_at: created,
    status,
    background: kept.background,
    error: end?.how === 'error' ? { code: 'server_error', message: `${end.error} (${end.code})` } : null,
    incomplete_details: status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
    instructions: kept.instructions,
    max_output_tokens: null,
    metadata: kept.metadata,
    model: kept.model,
    output:
      end || text !== '' ? [messageItem(id, text, end === null ? 'in_progress' : itemStatus(status))] : [],
    parallel_tool_calls: true,
    previous_response_id: kept.previous,
    conversation: kept.conversation === null ? null : { id: kept.conversation },
    reasoning: { effort: null, summary: null },
    store: true,
    temperature: null,
    text: { format: { type: 'text' } },
    tool_choice: 'auto',
    tools: [],
    top_p: null,
    truncation: 'disabled',
    usage: end ? usageOf(end) : null
  }
}

const itemStatus = (status: string): string => (status === 'completed' ? 'completed' : 'incomplete')

function statusOf(end: AnswerEnd | null): string {
  if (!end) return 'in_progress'
  if (end.how === 'error') return 'failed'
  if (end.how === 'cancelled') return 'cancelled'
  return isCutShort(end) ? 'incomplete' : 'completed'
}

function usageOf({ usage: { prompt_tokens, completion_tokens } }: AnswerEnd) {
  return {
    input_tokens: prompt_tokens,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: completion_tokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: prompt_tokens + completion_tokens
  }
}

/** The only item of a response: what the team has said. */
export const messageItem = (id: string, text: string | null, status: string): Record<string, unknown> => ({
  id: itemId(id),
  type: 'message',
  role: 'assistant',
  status,
  content: text === null ? [] : [textPart(text)]
})

/** The id of a response's item. */
export const itemId = (id: string): string => id.replace('resp_', 'msg_')

/** The only part of a response's item. */
export const textPart = (text: string): Record<string, unknown> => ({
  type: 'output_text',
  text,
  annotations: [],
  logprobs: []
})

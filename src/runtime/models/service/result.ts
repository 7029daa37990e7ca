import type { ModelResult } from '../model.ts'
import { type Place, unusable } from '../wire/failures.ts'
import type { Answer, Service } from './service.ts'

/** An answer as agents know it. Text beside tool calls is a thought, as in AutoGen. */
export function resultOf(
  answer: Answer,
  { info, reasoningFirst = false }: Pick<Service, 'info' | 'reasoningFirst'>,
  place: Place
): ModelResult {
  const { text, reasoning, calls, finish } = answer
  const usage = answer.usage ?? { prompt_tokens: 0, completion_tokens: 0 }
  if (calls.length > 0) {
    const thought = (reasoningFirst ? reasoning || text : text || reasoning) || null
    return { finish_reason: 'function_calls', content: calls, usage, cached: false, thought }
  }
  demandWords(answer, place)
  const inside = info.family === 'r1' && !reasoning ? thoughtIn(text) : undefined
  const content = inside?.content ?? text
  return {
    finish_reason: finish,
    content,
    usage,
    cached: false,
    thought: (inside?.thought ?? reasoning) || null
  }
}

/** An answer that says nothing because it was cut is no answer. */
function demandWords({ text, finish }: Answer, place: Place): void {
  if (text !== '') return
  if (finish === 'length')
    throw unusable('all of its tokens were used up before its first word; raise max_tokens.', place)
  if (finish === 'content_filter') throw unusable("the service's content filter has withheld it.", place)
}

/** What an R1 model thought, which stands before its answer; some servers leave the first tag to the prompt. */
function thoughtIn(text: string): { thought: string; content: string } | undefined {
  const end = text.indexOf('</think>')
  const start = text.indexOf('<think>')
  if (end < 0 || start > end) return undefined
  return {
    thought: text.slice(start < 0 ? 0 : start + '<think>'.length, end).trim(),
    content: text.slice(end + '</think>'.length).trim()
  }
}

import {
  EmptyResponseBodyError,
  type LanguageModelV4,
  type LanguageModelV4CallOptions,
  type LanguageModelV4Content,
  type LanguageModelV4StreamPart,
  type LanguageModelV4Usage
} from '@ai-sdk/provider'
import type { ChatResponse } from 'ollama'
import { type Ask, lines, type Sent, send } from './exchange.ts'
import { type Fixed, ollamaRequest } from './request.ts'

/** A model behind Ollama's `/api/chat`, in the words of the SDK; there is no provider of it that is kept well. */
export function ollamaLanguage(model: string, ask: Ask, fixed: Fixed): LanguageModelV4 {
  const begin = async (options: LanguageModelV4CallOptions, stream: boolean) => {
    const body = ollamaRequest(model, options, fixed, stream)
    return { body, sent: await send(ask, body, options) }
  }
  return {
    specificationVersion: 'v4',
    provider: 'ollama',
    modelId: model,
    supportedUrls: {},
    async doGenerate(options) {
      const { body, sent } = await begin(options, false)
      const answer = await only(sent)
      const content = contentOf(answer)
      const finishReason = finishOf(answer, content.some(isCall))
      const response = { modelId: answer.model, body: answer }
      return { content, finishReason, usage: usageOf(answer), warnings: [], request: { body }, response }
    },
    async doStream(options) {
      const { body, sent } = await begin(options, true)
      return { stream: ReadableStream.from(partsOf(sent)), request: { body } }
    }
  }
}

async function only(sent: Sent): Promise<Answer> {
  let last: Answer | undefined
  for await (const line of lines<Answer>(sent)) last = line
  if (!last) throw new EmptyResponseBodyError()
  return last
}

async function* partsOf(sent: Sent): AsyncGenerator<LanguageModelV4StreamPart> {
  let called = false
  let model: string | undefined
  for await (const answer of lines<Answer>(sent)) {
    yield { type: 'raw', rawValue: answer }
    if (answer.model !== model) {
      model = answer.model
      yield { type: 'response-metadata', modelId: model }
    }
    for (const part of contentOf(answer)) {
      called ||= isCall(part)
      if (part.type === 'text') yield { type: 'text-delta', id: '0', delta: part.text }
      else if (part.type === 'reasoning') yield { type: 'reasoning-delta', id: '0', delta: part.text }
      else if (part.type === 'tool-call') yield part
    }
    if (answer.done) yield { type: 'finish', finishReason: finishOf(answer, called), usage: usageOf(answer) }
  }
}

type Answer = Partial<ChatResponse>

const isCall = ({ type }: LanguageModelV4Content) => type === 'tool-call'

function contentOf({ message }: Answer): LanguageModelV4Content[] {
  const { thinking, content, tool_calls = [] } = message ?? {}
  const parts: LanguageModelV4Content[] = []
  if (thinking) parts.push({ type: 'reasoning', text: thinking })
  if (content) parts.push({ type: 'text', text: content })
  for (const { function: asked } of tool_calls ?? []) {
    const input = JSON.stringify(asked.arguments ?? {})
    // Calls have no names of their own there.
    parts.push({
      type: 'tool-call',
      toolCallId: `call_${crypto.randomUUID()}`,
      toolName: asked.name,
      input
    })
  }
  return parts
}

function finishOf({ done_reason: raw }: Answer, called: boolean) {
  if (called) return { unified: 'tool-calls', raw } as const
  return { unified: raw === 'stop' || raw === 'length' ? raw : 'other', raw } as const
}

const usageOf = ({ prompt_eval_count: asked, eval_count: said }: Answer): LanguageModelV4Usage => ({
  inputTokens: { total: asked, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: said, text: undefined, reasoning: undefined }
})

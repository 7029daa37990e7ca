import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4Content,
  LanguageModelV4FinishReason,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage
} from '@ai-sdk/provider'
import type { FunctionCall } from '../../../machines/messages/index.ts'

/** A model's answer as the SDK gives it, and what surrounds it. */
export interface ReadAnswer {
  text: string
  reasoning: string
  calls: FunctionCall[]
  finish: LanguageModelV4FinishReason['unified'] | 'interrupted'
  usage: LanguageModelV4Usage | undefined
  id?: string | undefined
  model?: string | undefined
  /** The request as it was sent and the answer as it came, where the SDK tells. */
  sent?: unknown
  came?: unknown
}

const nothing = (): ReadAnswer => ({
  text: '',
  reasoning: '',
  calls: [],
  finish: 'interrupted',
  usage: undefined
})

/** Asks for the whole answer at once. */
export async function readWhole(
  language: LanguageModelV4,
  options: LanguageModelV4CallOptions
): Promise<ReadAnswer> {
  const { content, finishReason, usage, request, response } = await language.doGenerate(options)
  const answer = {
    ...nothing(),
    finish: finishReason.unified,
    usage,
    sent: request?.body,
    came: response?.body
  }
  for (const part of content) take(answer, part)
  return { ...answer, id: response?.id, model: response?.modelId }
}

/** Asks for the answer in pieces, which are handed on as they come. */
export async function readStream(
  language: LanguageModelV4,
  options: LanguageModelV4CallOptions,
  onText: (text: string) => void,
  onReasoning: (text: string) => void
): Promise<ReadAnswer> {
  const answer = nothing()
  const { stream, request } = await language.doStream(options)
  answer.sent = request?.body
  for await (const part of stream) {
    if (part.type === 'error') throw part.error
    take(answer, part)
    if (part.type === 'text-delta') onText(part.delta)
    else if (part.type === 'reasoning-delta') onReasoning(part.delta)
  }
  return answer
}

function take(answer: ReadAnswer, part: LanguageModelV4Content | LanguageModelV4StreamPart): void {
  switch (part.type) {
    case 'text':
      answer.text += part.text
      break
    case 'text-delta':
      answer.text += part.delta
      break
    case 'reasoning':
      answer.reasoning += part.text
      break
    case 'reasoning-delta':
      answer.reasoning += part.delta
      break
    case 'tool-call':
      answer.calls.push({ id: part.toolCallId, name: part.toolName, arguments: part.input })
      break
    case 'response-metadata':
      Object.assign(answer, { id: part.id, model: part.modelId })
      break
    case 'finish':
      Object.assign(answer, { finish: part.finishReason.unified, usage: part.usage })
  }
}

import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4Content,
  LanguageModelV4FinishReason,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage
} from '@ai-sdk/provider'
import type { FunctionCall } from '../../../machines/messages/index.ts'

/** A model's answer piece by piece, and what surrounds it. */
export interface Heard {
  text: string
  reasoning: string
  calls: FunctionCall[]
  finish: LanguageModelV4FinishReason['unified']
  usage: LanguageModelV4Usage | undefined
  id?: string
  model?: string
  /** The request as it was sent and the answer as it came, where the SDK tells. */
  sent?: unknown
  came?: unknown
}

const nothing = (): Heard => ({ text: '', reasoning: '', calls: [], finish: 'interrupted', usage: undefined })

/** Asks for the whole answer at once. */
export async function hear(language: LanguageModelV4, options: LanguageModelV4CallOptions): Promise<Heard> {
  const { content, finishReason, usage, request, response } = await language.doGenerate(options)
  const heard = {
    ...nothing(),
    finish: finishReason.unified,
    usage,
    sent: request?.body,
    came: response?.body
  }
  for (const part of content) note(heard, part)
  return { ...heard, id: response?.id, model: response?.modelId }
}

/** Asks for the answer in pieces; `onRaw` gets every chunk as it came, `onText` every piece of text. */
export async function hearStream(
  language: LanguageModelV4,
  options: LanguageModelV4CallOptions,
  onRaw: (chunk: unknown) => void,
  onText: (text: string) => void
): Promise<Heard> {
  const heard = nothing()
  const { stream, request } = await language.doStream({ ...options, includeRawChunks: true })
  heard.sent = request?.body
  for await (const part of stream) {
    if (part.type === 'error') throw part.error
    if (part.type === 'raw') onRaw(part.rawValue)
    else if (part.type === 'text-delta') {
      heard.text += part.delta
      if (part.delta) onText(part.delta)
    } else note(heard, part)
  }
  return heard
}

function note(heard: Heard, part: LanguageModelV4Content | LanguageModelV4StreamPart): void {
  if (part.type === 'text') heard.text += part.text
  else if (part.type === 'reasoning') heard.reasoning += part.text
  else if (part.type === 'reasoning-delta') heard.reasoning += part.delta
  else if (part.type === 'tool-call') heard.calls.push(callOf(part))
  else if (part.type === 'response-metadata') Object.assign(heard, { id: part.id, model: part.modelId })
  else if (part.type === 'finish')
    Object.assign(heard, { finish: part.finishReason.unified, usage: part.usage })
}

// A name with letters a service does not take would break the next request.
const callOf = ({
  toolCallId,
  toolName,
  input
}: {
  toolCallId: string
  toolName: string
  input: string
}) => ({
  id: toolCallId,
  arguments: input,
  name: toolName.replace(/[^\w-]/g, '_').slice(0, 64)
})

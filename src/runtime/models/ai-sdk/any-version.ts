import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4FinishReason,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage
} from '@ai-sdk/provider'

/** A model of a provider of the AI SDK, version 5 or newer: `openai('gpt-4o')` of `@ai-sdk/openai`, for instance. */
export interface AiSdkModel {
  readonly specificationVersion: string
  readonly provider: string
  readonly modelId: string
  // biome-ignore lint/suspicious/noExplicitAny: what these take and give is different in each version
  doGenerate(options: any): PromiseLike<any>
  // biome-ignore lint/suspicious/noExplicitAny: see above
  doStream(options: any): PromiseLike<any>
}

type Json = Record<string, unknown>

/** A model of any version as one of version 4, which is spoken here. */
export function asV4(model: AiSdkModel): LanguageModelV4 {
  if (model.specificationVersion === 'v4') return model as LanguageModelV4
  return {
    specificationVersion: 'v4',
    provider: model.provider,
    modelId: model.modelId,
    supportedUrls: {},
    async doGenerate(options: LanguageModelV4CallOptions) {
      const result = await model.doGenerate(olderOptions(options))
      return { ...result, finishReason: finishOf(result.finishReason), usage: usageOf(result.usage) }
    },
    async doStream(options: LanguageModelV4CallOptions) {
      const result = await model.doStream(olderOptions(options))
      return { ...result, stream: result.stream.pipeThrough(new TransformStream({ transform })) }
    }
  }
}

function transform(part: Json & { type: string }, out: TransformStreamDefaultController): void {
  const newer =
    part.type === 'finish'
      ? { ...part, finishReason: finishOf(part.finishReason), usage: usageOf(part.usage) }
      : part
  out.enqueue(newer as LanguageModelV4StreamPart)
}

/** Before version 4 the data of a file stood in its part as they are. */
function olderOptions(options: LanguageModelV4CallOptions): Json {
  const prompt = options.prompt.map((message) =>
    typeof message.content === 'string' ? message : { ...message, content: message.content.map(olderPart) }
  )
  return { ...options, prompt }
}

function olderPart(part: { type: string }): unknown {
  const { data } = part as { data?: { type?: string; data?: unknown } }
  return part.type === 'file' && data?.type === 'data' ? { ...part, data: data.data } : part
}

/** In version 2 a reason is one word. */
const finishOf = (reason: unknown): LanguageModelV4FinishReason =>
  typeof reason === 'string'
    ? { unified: reason as LanguageModelV4FinishReason['unified'], raw: reason }
    : (reason as LanguageModelV4FinishReason)

/** In version 2 tokens are plain numbers. */
function usageOf(usage: unknown): LanguageModelV4Usage {
  const { inputTokens, outputTokens } = (usage ?? {}) as { inputTokens?: unknown; outputTokens?: unknown }
  if (typeof inputTokens !== 'number' && typeof outputTokens !== 'number')
    return usage as LanguageModelV4Usage
  return {
    inputTokens: { total: inputTokens },
    outputTokens: { total: outputTokens }
  } as LanguageModelV4Usage
}

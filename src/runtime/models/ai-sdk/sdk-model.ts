import type { LanguageModelV4 } from '@ai-sdk/provider'
import type { Model, ModelCall, ModelRequest } from '../model.ts'
import { ModelError } from '../model-error.ts'
import type { Info } from '../model-info.ts'
import { callRecord } from '../service/call-record.ts'
import { deadline } from '../service/deadline.ts'
import { limited } from '../service/limit.ts'
import { retry } from '../service/retry.ts'
import { refuse } from '../service/unsupported-settings.ts'
import type { PromptStyle } from './prompt.ts'
import { type Heard, hear, hearStream } from './read-stream.ts'
import { optionsOf, resultOf, type Settings } from './request.ts'
import { cutOff, explain, type Place, tooLate } from './sdk-error.ts'

/** A way to a service that stands for one call. */
export interface Connection {
  language: LanguageModelV4
  place: Place
  /** Calls with the same one share a concurrency limit. */
  account: string
  /** Called with everything that arrives of a streamed answer; who waits for it sets it. */
  alive?(): void
}

/** What one provider's file has to say; all else about calling models is here. */
export interface Service {
  model: string
  info: Info
  /** The request as this service can be given it; by default as it is. */
  adapt?(request: ModelRequest): ModelRequest
  settings(request: ModelRequest): Settings
  style: PromptStyle
  /** Milliseconds until the first sign of an answer, and between two signs of a streamed one. */
  timeout: number
  retries: number
  maxConcurrency: number | null | undefined
  connect(request: ModelRequest, env: ModelCall['env']): Promise<Connection>
  /** Reasoning in an answer, or in one chunk of it, that the SDK passes over. */
  reasoning?(raw: unknown): string
  /** Whether beside tool calls the reasoning goes before the text, of which only one can be the thought. */
  reasoningFirst?: boolean
}

/** A model behind a provider of the `ai` package. */
export const sdkModel = (service: Service): Model => ({
  info: service.info,
  async create(asked, call) {
    call.signal.throwIfAborted()
    refuse(asked, service.info, service.model)
    const request = service.adapt?.(asked) ?? asked
    const connection = await service.connect(request, call.env)
    call.signal.throwIfAborted()
    const heard = await limited(connection.account, service.maxConcurrency, call.signal, () =>
      inTime(service, connection, request, call)
    )
    const result = resultOf(heard, service.info.family, service.reasoningFirst)
    call.onRecord?.(callRecord(heard, result, service.model))
    return result
  }
})

// The time limit covers all tries: whoever waits does not care how often the service was asked.
async function inTime(service: Service, connection: Connection, request: ModelRequest, call: ModelCall) {
  const { language, place } = connection
  const limit = deadline(call.signal, service.timeout, () => tooLate(service.timeout, place))
  connection.alive = limit.restart
  const options = {
    ...optionsOf(request, service.settings(request), service.style),
    abortSignal: limit.signal,
    headers: { 'Idempotency-Key': call.idempotencyKey }
  }
  const once = () =>
    request.stream
      ? streamed(service, language, options, place, call)
      : whole(service, language, options, place)
  try {
    return await retry(once, { retries: service.retries, longestWait: service.timeout }, limit.signal)
  } finally {
    limit.end()
  }
}

type Options = Parameters<LanguageModelV4['doGenerate']>[0]

async function whole(
  service: Service,
  language: LanguageModelV4,
  options: Options,
  place: Place
): Promise<Heard> {
  try {
    const heard = await hear(language, options)
    heard.reasoning ||= service.reasoning?.(heard.came) ?? ''
    return heard
  } catch (error) {
    throw explain(error, place)
  }
}

async function streamed(
  service: Service,
  language: LanguageModelV4,
  options: Options,
  place: Place,
  call: ModelCall
): Promise<Heard> {
  let reasoning = ''
  let handedOn = 0
  const onText = (text: string) => {
    if (!call.onChunk) return
    handedOn += text.length
    call.onChunk(text)
  }
  try {
    const heard = await hearStream(
      language,
      options,
      (raw) => {
        reasoning += service.reasoning?.(raw) ?? ''
      },
      onText
    )
    if (heard.finish === 'interrupted') throw cutOff(undefined, handedOn, place)
    heard.reasoning ||= reasoning
    return heard
  } catch (error) {
    throw handedOn > 0 && !(error instanceof ModelError)
      ? cutOff(error, handedOn, place)
      : explain(error, place)
  }
}

import type { LanguageModelV4 } from '@ai-sdk/provider'
import { TroupeError } from '../../../protocol/errors.ts'
import { limits } from '../../shared/limits.ts'
import type { ModelRequest } from '../model.ts'
import type { Answer, Attempt, Connection } from '../service/service.ts'
import { cutOff, type Place, tooLarge } from '../wire/failures.ts'
import { lively } from './fetch-without-timeouts.ts'
import type { PromptStyle } from './prompt.ts'
import { type ReadAnswer, readStream, readWhole } from './read-stream.ts'
import { optionsOf, type Settings } from './request.ts'
import { explain } from './sdk-error.ts'

/** A service that is reached by a provider of the AI SDK. */
export interface SdkService {
  place: Place
  account: string
  /** Makes the SDK's model, which asks by this `fetch`. */
  language(fetch: typeof globalThis.fetch): LanguageModelV4
  /** What the config says about a request. */
  settings(request: ModelRequest): Settings
  style: PromptStyle
}

/** A connection over a provider of the AI SDK: for services whose protocol is not spoken here. */
export const sdkConnection = (service: SdkService): Connection => ({
  place: service.place,
  account: service.account,
  async ask(request, attempt) {
    const read = await readAnswer(service, request, attempt)
    return answerOf(read)
  }
})

async function readAnswer(service: SdkService, request: ModelRequest, attempt: Attempt): Promise<ReadAnswer> {
  const { place, style } = service
  const language = service.language(lively(attempt, place))
  const options = {
    ...optionsOf(request, service.settings(request), style),
    abortSignal: attempt.signal,
    headers: { 'Idempotency-Key': attempt.idempotencyKey }
  }
  let size = 0
  const counted = (give: (text: string) => void) => (text: string) => {
    size += text.length
    if (size > limits.modelAnswer) throw tooLarge(place, limits.modelAnswer)
    give(text)
  }
  try {
    if (!request.stream) return await readWhole(language, options)
    const { onText, onReasoning } = attempt
    const answer = await readStream(language, options, counted(onText), counted(onReasoning))
    if (answer.finish === 'interrupted') throw cutOff(undefined, 0, place)
    return answer
  } catch (error) {
    if (attempt.signal.aborted) throw attempt.signal.reason
    throw error instanceof TroupeError ? error : explain(error, place)
  }
}

const reasons: Partial<Record<ReadAnswer['finish'], Answer['finish']>> = {
  stop: 'stop',
  length: 'length',
  'content-filter': 'content_filter',
  'tool-calls': 'function_calls'
}

function answerOf({ finish, usage, calls, ...rest }: ReadAnswer): Answer {
  const { inputTokens, outputTokens } = usage ?? {}
  const counted = inputTokens?.total !== undefined || outputTokens?.total !== undefined
  return {
    ...rest,
    calls: calls.map((call) => ({ ...call, arguments: call.arguments.trim() || '{}' })),
    finish: reasons[finish] ?? 'unknown',
    usage: counted
      ? { prompt_tokens: inputTokens?.total ?? 0, completion_tokens: outputTokens?.total ?? 0 }
      : undefined
  }
}

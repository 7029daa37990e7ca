import { defaultNetwork } from '../../network/network.ts'
import type { Model, ModelCall, ModelRequest } from '../model.ts'
import { ModelError } from '../model-error.ts'
import { cutOff, tooLate } from '../wire/failures.ts'
import { callRecord } from './call-record.ts'
import { deadline } from './deadline.ts'
import { limited } from './limit.ts'
import { resultOf } from './result.ts'
import { retry } from './retry.ts'
import type { Answer, Connection, Service } from './service.ts'
import { StreamedAnswer } from './streamed-answer.ts'
import { ToolNames } from './tool-names.ts'
import { refuseUnsupported } from './unsupported-settings.ts'

/** A model behind a service: limits, time-outs, retries, names of tools and records are the same for all of them. */
export const serviceModel = (service: Service): Model => ({
  info: service.info,
  async create(asked, call) {
    call.signal.throwIfAborted()
    refuseUnsupported(asked, service.info, service.model)
    const adapted = service.adapt?.(asked) ?? asked
    const names = new ToolNames(adapted)
    const request = names.permitted(adapted)
    const connection = await service.connect(call.env)
    call.signal.throwIfAborted()
    const answer = await limited(connection.account, service.maxConcurrency, call.signal, () =>
      inTime(service, connection, request, call)
    )
    const result = resultOf(answer, service, connection.place)
    call.onRecord?.(callRecord(answer, result, service.model))
    return names.ledBack(result)
  }
})

// The time limit covers all tries: the caller does not care how often the service was asked.
async function inTime(
  service: Service,
  connection: Connection,
  request: ModelRequest,
  call: ModelCall
): Promise<Answer> {
  const { place } = connection
  const limit = deadline(call.signal, service.timeout, () => tooLate(service.timeout, place))
  const once = () => ask(connection, request, call, limit)
  try {
    return await retry(once, { retries: service.retries, longestWait: service.timeout }, limit.signal)
  } finally {
    limit.end()
  }
}

async function ask(
  connection: Connection,
  request: ModelRequest,
  call: ModelCall,
  limit: ReturnType<typeof deadline>
): Promise<Answer> {
  const streamed = new StreamedAnswer(call.onChunk)
  try {
    const answer = await connection.ask(request, {
      signal: limit.signal,
      idempotencyKey: call.idempotencyKey,
      network: call.network ?? defaultNetwork(),
      alive: limit.restart,
      onText: streamed.text,
      onReasoning: streamed.reasoning
    })
    streamed.end()
    return answer
  } catch (error) {
    if (call.signal.aborted) throw call.signal.reason
    streamed.end()
    if (streamed.length === 0 || !(error instanceof ModelError) || error.isCutOff) throw error
    throw cutOff(error, streamed.length, connection.place)
  }
}

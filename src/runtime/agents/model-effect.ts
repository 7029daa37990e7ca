import type { ModelMessage } from '../../machines/messages/index.ts'
import type { Effect, Turn } from '../contract/agent.ts'
import { askModel } from '../models/ask-model.ts'
import type { Model, ModelRequest, ModelResult } from '../models/model.ts'
import { sleep } from '../models/service/sleep.ts'
import { withoutImages } from './vision.ts'

/** What an agent asks of its model, and how it shows the answer that is being written. */
export interface Asking extends Pick<ModelRequest, 'toolChoice' | 'json'> {
  step: 'askModel' | 'reflect'
  model: Model
  systemMessage: string | null
  messages: readonly ModelMessage[]
  /** Whether pieces of the answer are shown; they carry `id`. */
  streams: boolean
  id: string
  turn: Turn
  /** Milliseconds to wait before the model is asked. */
  delayMs?: number
  /** Gives the tools that are offered, looked up when the model is asked. */
  offer?(signal: AbortSignal): Promise<ModelRequest['tools']>
}

/** The effect of asking a model. */
export const modelEffect = ({
  step,
  model,
  streams,
  id,
  turn,
  offer,
  delayMs = 0,
  ...asking
}: Asking): Effect<ModelResult> => ({
  step,
  model,
  async perform(call) {
    if (delayMs > 0) await sleep(delayMs, call.signal)
    const tools = await offer?.(call.signal)
    const { toolChoice, json } = asking
    const request: ModelRequest = {
      messages: promptOf(model, asking),
      tools,
      toolChoice,
      json,
      stream: streams
    }
    return askModel(model, request, streams ? { ...call, onChunk: (text) => turn.chunk(text, id) } : call)
  },
  replayed: () => model.replayed?.()
})

function promptOf(
  model: Model,
  { systemMessage, messages }: Pick<Asking, 'systemMessage' | 'messages'>
): readonly ModelMessage[] {
  const all: readonly ModelMessage[] = systemMessage
    ? [{ type: 'SystemMessage', content: systemMessage }, ...messages]
    : messages
  return model.info.vision ? all : withoutImages(all)
}

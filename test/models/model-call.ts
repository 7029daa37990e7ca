import { expect } from 'vitest'
import { make } from '../../src/machines/component/component.ts'
import type { ModelMessage } from '../../src/machines/messages/index.ts'
import type { Model, ModelCall, ModelCallRecord, ModelRequest } from '../../src/runtime/models/model.ts'
import { ModelError } from '../../src/runtime/models/model-error.ts'
import { OpenAIConfig } from '../../src/runtime/models/openai/access.ts'
import { openai } from '../../src/runtime/models/openai/openai.ts'
import { ReplayConfig, replay } from '../../src/runtime/models/replay/replay.ts'

export const KEY = 'sk-test-0123456789'

/** A model that asks a test server. */
export const openaiModel = (url: string, config: object = {}): Model =>
  make(openai, OpenAIConfig.parse({ model: 'gpt-4o', api_key: KEY, base_url: url, ...config }))

/** A replay model. */
export const replayModel = (chat_completions: unknown[], config: object = {}): Model =>
  make(replay, ReplayConfig.parse({ chat_completions, ...config }))

export const user = (content: string): ModelMessage => ({ type: 'UserMessage', source: 'user', content })

/** A call whose chunks and records are kept. */
export function callOf(changes: Partial<ModelCall> = {}) {
  const chunks: string[] = []
  const records: ModelCallRecord[] = []
  const call: ModelCall = {
    signal: new AbortController().signal,
    idempotencyKey: 'run:1:1',
    env: {},
    onChunk: (text) => chunks.push(text),
    onRecord: (record) => records.push(record),
    ...changes
  }
  return { call, chunks, records }
}

/** Asks a model one question. */
export const ask = (model: Model, request: Partial<ModelRequest> = {}, call: ModelCall = callOf().call) =>
  model.create({ messages: [user('Say hello.')], stream: false, ...request }, call)

/** A tool as a model sees it. */
export const add = {
  name: 'add',
  description: 'Adds.',
  parameters: { type: 'object', properties: { a: { type: 'number' } } }
}

/** The error with which a call fails; the key is not in it. */
export const failure = (call: Promise<unknown>): Promise<ModelError> =>
  call.then(
    () => expect.unreachable(),
    (error) => {
      expect(error).toBeInstanceOf(ModelError)
      expect(`${error.message} ${error.stack} ${error.cause}`).not.toContain(KEY)
      return error
    }
  )

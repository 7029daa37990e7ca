import { describe, expect, test } from 'vitest'
import type { ModelMessage } from '../../../src/machines/messages/index.ts'
import type { ModelRequest } from '../../../src/runtime/models/model.ts'
import { answers, chunk, events, openaiServer, says } from '../../support/openai-server.ts'
import type { Asked, Reply } from '../../support/scripted-server.ts'
import { add, ask, callOf, failure, openaiModel, user } from '../model-call.ts'

/** A server that says no to some requests, in its own words, and answers all others. */
const picky = (refuses: (body: Asked['body']) => boolean, status: number, said: object | string): Reply[] => [
  (response, asked) => {
    if (refuses(asked.body)) return answers(status, said)(response, asked)
    if (!asked.body.stream) return says('ok')(response, asked)
    return events(chunk({ content: 'ok' }), chunk({}, 'stop'), '[DONE]')(response, asked)
  }
]

const error = (message: string, more: object = {}) => ({
  error: { message, type: 'invalid_request_error', ...more }
})
const extra = (...loc: unknown[]) => ({
  detail: [{ type: 'extra_forbidden', loc: ['body', ...loc], msg: 'Extra inputs are not permitted' }]
})
const system = (content: string): ModelMessage => ({ type: 'SystemMessage', content })
const assistant = (content: string): ModelMessage => ({
  type: 'AssistantMessage',
  source: 'a',
  thought: null,
  content
})
const called: ModelMessage[] = [
  {
    type: 'AssistantMessage',
    source: 'a',
    thought: null,
    content: [{ id: 'c', name: 'add', arguments: '{bad' }]
  },
  { type: 'FunctionExecutionResultMessage', content: [{ call_id: 'c', name: 'add', content: '1' }] }
]
const schema = { type: 'object', properties: { a: { type: 'string' } } }

interface Case {
  config?: object
  request?: Partial<ModelRequest>
  refuses(body: Asked['body']): boolean
  status?: number
  said: object | string
}

const cases: Record<string, Case> = {
  'stream_options, as Mistral does': {
    request: { stream: true },
    refuses: (body) => body.stream_options,
    status: 422,
    said: extra('stream_options')
  },
  'stream_options, as old Azure does': {
    request: { stream: true },
    refuses: (body) => body.stream_options,
    said: error('Unrecognized request argument supplied: stream_options')
  },
  'stream_options, with a fault': {
    request: { stream: true },
    refuses: (body) => body.stream_options,
    status: 500,
    said: "TypeError: create() got an unexpected keyword argument 'stream_options'"
  },
  streams: {
    request: { stream: true },
    refuses: (body) => body.stream,
    said: error('Your organization must be verified to stream this model.', {
      param: 'stream',
      code: 'unsupported_value'
    })
  },
  parallel_tool_calls: {
    config: { parallel_tool_calls: false },
    request: { tools: [add] },
    refuses: (body) => 'parallel_tool_calls' in body,
    said: error("Unsupported parameter: 'parallel_tool_calls' is not supported with this model.")
  },
  'a schema for the answer': {
    request: { json: schema },
    refuses: (body) => body.response_format?.type === 'json_schema',
    said: error(
      "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model."
    )
  },
  'any form of the answer': {
    request: { json: schema },
    refuses: (body) => 'response_format' in body,
    status: 422,
    said: extra('response_format')
  },
  'JSON without the word': {
    request: { json: true },
    refuses: (body) => !JSON.stringify(body.messages).includes('JSON'),
    said: error(
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'."
    )
  },
  max_tokens: {
    config: { max_tokens: 10 },
    refuses: (body) => !body.max_completion_tokens,
    said: error(
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
    )
  },
  max_completion_tokens: {
    config: { max_completion_tokens: 10 },
    refuses: (body) => !body.max_tokens,
    status: 422,
    said: extra('max_completion_tokens')
  },
  temperature: {
    config: { temperature: 0.5, top_p: 0.5 },
    refuses: (body) => 'temperature' in body,
    said: error(
      "Unsupported value: 'temperature' does not support 0.5 with this model. Only the default (1) value is supported."
    )
  },
  'two things one after the other': {
    config: { temperature: 0.5, seed: 1 },
    refuses: (body) => 'temperature' in body || 'seed' in body,
    said: error('Unknown fields: temperature, seed')
  },
  tool_choice: {
    request: { tools: [add] },
    refuses: (body) => 'tool_choice' in body,
    said: error('tool_choice is not supported')
  },
  'names of speakers, as Groq does': {
    refuses: (body) => body.messages.some((message: object) => 'name' in message),
    said: error(
      "'messages.0' : for 'role:user' the following must be satisfied[('messages.0' : property 'name' is unsupported)]"
    )
  },
  'names of speakers, as Mistral does': {
    refuses: (body) => body.messages.some((message: object) => 'name' in message),
    status: 422,
    said: extra('messages', 0, 'user', 'name')
  },
  'strict tools': {
    request: { tools: [{ ...add, strict: true }] },
    refuses: (body) => 'strict' in body.tools[0].function,
    said: error("Unknown parameter: 'tools[0].function.strict'.")
  },
  'keywords of JSON Schema, as Google does': {
    request: {
      tools: [{ ...add, parameters: { ...add.parameters, $schema: 'x', additionalProperties: false } }]
    },
    refuses: (body) => '$schema' in body.tools[0].function.parameters,
    said: [
      {
        error: {
          code: 400,
          message:
            'Invalid JSON payload received. Unknown name "$schema" at \'tools[0].function_declarations[0].parameters\': Cannot find field.'
        }
      }
    ]
  },
  'the role of the system': {
    request: { messages: [system('Be brief.'), user('Go.')] },
    refuses: (body) => body.messages[0].role === 'system',
    said: error("Unsupported value: 'messages[0].role' does not support 'system' with this model.")
  },
  'a system message in the midst': {
    request: { messages: [user('Go.'), system('Be brief.')] },
    refuses: (body) => body.messages.slice(1).some(({ role }: { role: string }) => role === 'system'),
    said: { object: 'error', message: 'System message must be at the beginning.' }
  },
  'two messages of the user in a row': {
    request: { messages: [user('One.'), user('Two.'), assistant('ok'), user('Three.')] },
    refuses: (body) => body.messages[1].role === 'user',
    said: { message: 'Conversation roles must alternate user/assistant/user/assistant/...' }
  },
  'an assistant with the last word': {
    request: { messages: [user('Go.'), assistant('I went.')] },
    refuses: (body) => body.messages.at(-1).role === 'assistant',
    said: {
      message: 'Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant'
    }
  },
  'a message without a text': {
    request: { tools: [add], messages: [user('Go.'), ...called] },
    refuses: (body) => body.messages.some(({ content }: { content: unknown }) => content === null),
    said: error("Invalid value for 'content': expected a string, got null.", {
      param: 'messages.[1].content'
    })
  },
  'an empty message': {
    request: { messages: [user('Go.'), assistant(''), user('And?')] },
    refuses: (body) => body.messages.some(({ content }: { content: unknown }) => content === ''),
    said: error('messages: text content blocks must be non-empty')
  },
  'arguments that are no JSON': {
    request: { tools: [add], messages: [user('Go.'), ...called] },
    refuses: (body) => body.messages[1].tool_calls[0].function.arguments === '{bad',
    said: error("Invalid 'messages[1].tool_calls[0].function.arguments': not a JSON object")
  }
}

describe('a server that refuses', () => {
  test.each(Object.entries(cases))(
    '%s is asked again without it, and not with it another time',
    async (_, one) => {
      const { config, request, refuses, status = 400, said } = one
      await using server = await openaiServer(...picky(refuses, status, said))
      const model = openaiModel(server.url, { max_retries: 0, ...config })
      expect((await ask(model, request)).content).toBe('ok')
      const asked = server.asked.length
      expect(asked).toBeGreaterThan(1)
      expect((await ask(model, request)).content).toBe('ok')
      expect(server.asked).toHaveLength(asked + 1)
    }
  )

  test.each([
    [
      'a value of a parameter',
      { temperature: 7 },
      error('temperature must be between 0 and 2', { param: 'temperature' })
    ],
    [
      'the length of an answer',
      { max_tokens: 10 ** 6 },
      error('max_tokens is too large: 1000000. This model supports at most 16384.')
    ],
    [
      'what is said',
      {},
      error('The response was filtered due to the prompt triggering our content management policy.', {
        code: 'content_filter'
      })
    ]
  ])('%s says so, and is not asked again', async (_, config, said) => {
    await using server = await openaiServer(answers(400, said))
    const { message, status } = await failure(ask(openaiModel(server.url, config)))
    expect(message).toContain(said.error.message)
    expect(status).toBe(400)
    expect(server.asked).toHaveLength(1)
  })

  test('whatever is sent is not asked for ever, and what was tried in vain is forgotten', async () => {
    const everything = error(
      'Unknown: stream_options, stream, temperature, seed, name in messages, response_format'
    )
    await using server = await openaiServer(answers(400, everything))
    const model = openaiModel(server.url, { temperature: 1, seed: 1 })
    await failure(ask(model, { stream: true, json: true }))
    expect(server.asked.length).toBeLessThan(10)
    const first = server.asked[0]!.body
    await failure(ask(model, { stream: true, json: true }))
    expect(server.asked.at(server.asked.length / 2)?.body).toEqual(first)
  })
})

describe('stream_options', () => {
  const reply = events(chunk({ content: 'ok' }), chunk({}, 'stop'))
  test.each([
    ['usage is wanted where the config says nothing', {}, { include_usage: true }],
    ['usage is not wanted where the config says so', { stream_options: { include_usage: false } }, undefined],
    [
      'other options are sent too',
      { stream_options: { include_obfuscation: false } },
      { include_usage: true, include_obfuscation: false }
    ]
  ])('%s', async (_, config, sent) => {
    await using server = await openaiServer(reply)
    await ask(openaiModel(server.url, config), { stream: true })
    expect(server.asked[0]?.body.stream_options).toEqual(sent)
  })

  test('are not sent with what is no stream', async () => {
    await using server = await openaiServer(says('ok'))
    await ask(openaiModel(server.url, { stream_options: { include_usage: true } }))
    expect(server.asked[0]?.body).not.toHaveProperty('stream_options')
  })
})

describe('a refusal is told in the words of its server', () => {
  test.each([
    [
      'Google',
      [{ error: { code: 400, message: 'API key not valid.', status: 'INVALID_ARGUMENT' } }],
      'API key not valid.'
    ],
    ['FastAPI', { detail: 'Not this one.' }, 'Not this one.'],
    ['a validation', { detail: [{ loc: ['body', 'x'], msg: 'Wrong.' }] }, 'Wrong.'],
    [
      'OpenRouter',
      {
        error: { message: 'Provider returned error', metadata: { raw: '{"error":{"message":"too long"}}' } }
      },
      'too long'
    ],
    ['Ollama', { error: 'model "m" does not support tools' }, 'does not support tools'],
    [
      'Azure API Management',
      { statusCode: 400, message: 'Token limit is exceeded.' },
      'Token limit is exceeded.'
    ],
    ['a page', '<html><head><title>x</title></head><body><h1>Bad gateway</h1></body></html>', 'Bad gateway'],
    ['nobody', '', 'refused the request (HTTP 400).']
  ])('%s', async (_, body, said) => {
    await using server = await openaiServer(answers(400, body))
    expect((await failure(ask(openaiModel(server.url)))).message).toContain(said)
  })

  test('and waits as long as Google says in the body', async () => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '0.02s' }]
    await using server = await openaiServer(
      answers(429, [{ error: { code: 429, message: 'Slow down.', details } }]),
      says('ok')
    )
    expect((await ask(openaiModel(server.url))).content).toBe('ok')
  })

  test('and a quota that is used up is not asked for again', async () => {
    await using server = await openaiServer(
      answers(429, error('You exceeded your current quota.', { code: 'insufficient_quota' }))
    )
    const { message } = await failure(ask(openaiModel(server.url)))
    expect(message).toContain('its quota is used up (HTTP 429): You exceeded your current quota.')
    expect(server.asked).toHaveLength(1)
  })

  test('and a server that has moved on the same host is followed, another one named', async () => {
    await using server = await openaiServer(
      answers(307, '', { location: '/v2/chat/completions?x=1' }),
      says('ok'),
      answers(308, '', { location: 'http://127.0.0.1:1/v1/chat/completions' }),
      answers(301, '', { location: 'https://example.com/v1' })
    )
    const model = openaiModel(server.url)
    expect((await ask(model)).content).toBe('ok')
    expect(server.asked[1]).toMatchObject({ path: '/v2/chat/completions?x=1', body: { model: 'gpt-4o' } })
    expect((await failure(ask(model))).message).toContain(
      'it has moved to http://127.0.0.1:1/v1/chat/completions'
    )
    expect((await failure(ask(model))).message).toContain('it has moved to https://example.com/v1')
  })
})

test('a streamed answer that was refused once is handed on as one piece where the server cannot stream', async () => {
  await using server = await openaiServer(
    ...picky((body) => body.stream, 400, error('streaming is not supported'))
  )
  const { call, chunks } = callOf()
  expect((await ask(openaiModel(server.url), { stream: true }, call)).content).toBe('ok')
  expect(chunks).toEqual(['ok'])
})

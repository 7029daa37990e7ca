import { describe, expect, test } from 'vitest'
import { answers, begins, bytes, chunk, events, openaiServer, says } from '../../support/openai-server.ts'
import type { Reply } from '../../support/scripted-server.ts'
import { add, ask, callOf, failure, openaiModel } from '../model-call.ts'

const end = chunk({}, 'stop')
const usage = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 }

/** What a streamed answer comes to, and its chunks. */
async function streamed(reply: Reply, config: object = {}) {
  await using server = await openaiServer(reply)
  const { call, chunks } = callOf()
  const result = await ask(
    openaiModel(server.url, { max_retries: 0, ...config }),
    { stream: true, tools: [add] },
    call
  )
  return { ...result, chunks }
}

const sse = (text: string) => bytes('text/event-stream', [text])
const hello = [chunk({ content: 'Hel' }), chunk({ content: 'lo' })]
const line = (data: object | string) => `data: ${typeof data === 'string' ? data : JSON.stringify(data)}`

describe('a stream is understood although', () => {
  const odd: [string, Reply][] = [
    ['it has no [DONE]', events(...hello, end)],
    ['[DONE] has no brackets', events(...hello, end, 'DONE')],
    ['its last event has no empty line behind it', sse([...hello, end].map(line).join('\n\n'))],
    ['its lines end with CR and LF', sse(`${[...hello, end, '[DONE]'].map(line).join('\r\n\r\n')}\r\n\r\n`)],
    ['its lines end with CR', sse(`${[...hello, end, '[DONE]'].map(line).join('\r\r')}\r\r`)],
    ['its events are not parted by empty lines', sse(`${[...hello, end, '[DONE]'].map(line).join('\n')}\n`)],
    [
      'there is no blank after `data:`',
      sse([...hello, end, '[DONE]'].map((one) => `data:${line(one).slice(6)}\n\n`).join(''))
    ],
    [
      'it begins with a byte order mark',
      bytes('text/event-stream', [Buffer.from('\uFEFF'), `${[...hello, end].map(line).join('\n\n')}\n\n`])
    ],
    [
      'it has comments, ids, names and waits',
      sse(
        `: hi\n\nretry: 10\nid: 1\nevent: message\n${line(hello[0]!)}\n\n: ping\n\n${line(hello[1]!)}\n\n${line(end)}\n\n`
      )
    ],
    [
      'it has fillers',
      events(hello[0]!, '', 'ping', ': keep-alive', { type: 'ping' }, hello[1]!, end, '[DONE]')
    ],
    ['it is called JSON', bytes('application/json', [`${[...hello, end].map(line).join('\n\n')}\n\n`])],
    ['it is called HTML', bytes('text/html', [`${[...hello, end].map(line).join('\n\n')}\n\n`])],
    [
      'it is lines of JSON without the form of events',
      bytes('application/x-ndjson', [[...hello, end].map((one) => `${JSON.stringify(one)}\n`).join('')])
    ],
    ['it is no stream', says('Hello')],
    [
      'it ends with the whole message once more',
      events(...hello, {
        choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }]
      })
    ],
    [
      'its chunks have messages instead of deltas',
      events({ choices: [{ message: { content: 'Hello' } }] }, end)
    ],
    [
      'it begins with choices that are empty, null or missing',
      events(
        { choices: [], prompt_filter_results: [] },
        { choices: null },
        { id: 'x' },
        chunk(null),
        ...hello,
        end
      )
    ],
    [
      'its choices have no index',
      events(
        ...hello.map((one) => ({
          choices: (one as { choices: object[] }).choices.map((choice) => ({ ...choice, index: undefined }))
        })),
        end
      )
    ],
    [
      'it has results of a filter beside its deltas',
      events(
        hello[0]!,
        {
          choices: [
            {
              index: 0,
              finish_reason: null,
              content_filter_offsets: {},
              content_filter_results: {
                error: { code: 'content_filter_error', message: 'The contents are not filtered' }
              }
            }
          ]
        },
        hello[1]!,
        end
      )
    ],
    [
      'it says with each chunk that there is no error',
      events(...hello.map((one) => ({ ...one, error: null })), { ...end, error: {} })
    ],
    [
      'its content is a list of parts',
      events(chunk({ content: [{ type: 'text', text: 'Hel' }] }), chunk({ content: ['lo'] }), end)
    ],
    [
      'it has answers besides the first',
      events(hello[0]!, { choices: [{ index: 1, delta: { content: 'Nope' } }] }, hello[1]!, end)
    ],
    ['it has a role that there is not', events(chunk({ role: 'model', content: 'Hello' }), end)],
    ['it does not say why it ends', events(...hello, '[DONE]')],
    [
      'a letter is cut in two',
      bytes('text/event-stream', halves(`${[chunk({ content: 'Hello' }), end].map(line).join('\n\n')}\n\n`))
    ]
  ]
  test.each(odd)('%s', async (_, reply) => {
    const { content, chunks } = await streamed(reply)
    expect(content).toBe('Hello')
    expect(chunks.join('')).toBe('Hello')
  })

  test('letters of several bytes are cut anywhere', async () => {
    const text = 'Zwölf Boxkämpfer 🥊 jagen 東京'
    const whole = Buffer.from(`${[chunk({ content: text }), end].map(line).join('\n\n')}\n\n`)
    const parts = Array.from({ length: whole.length }, (_, at) => whole.subarray(at, at + 1))
    expect((await streamed(bytes('text/event-stream', parts))).content).toBe(text)
  })

  test('the server never ends it', { timeout: 10_000 }, async () => {
    const open: Reply = async (response, asked) => {
      await begins({ content: 'Hello' })(response, asked)
      response.write(`${line(end)}\n\n`)
    }
    expect((await streamed(open)).content).toBe('Hello')
    const done: Reply = async (response, asked) => {
      await open(response, asked)
      response.write('data: [DONE]\n\n')
    }
    expect((await streamed(done)).content).toBe('Hello')
  })

  test('a whole answer was asked for', async () => {
    await using server = await openaiServer(events(...hello, end, '[DONE]'))
    expect((await ask(openaiModel(server.url))).content).toBe('Hello')
  })
})

/** A text in pieces of three bytes. */
function halves(text: string): Buffer[] {
  const whole = Buffer.from(text)
  return Array.from({ length: Math.ceil(whole.length / 3) }, (_, at) => whole.subarray(at * 3, at * 3 + 3))
}

describe('usage is counted', () => {
  test.each([
    ['in an event of its own', [end, { choices: [], usage }]],
    ['beside the last choice', [{ ...end, usage }]],
    ['in the last choice', [chunk({}, 'stop', { usage })]],
    ['by Groq', [{ ...end, x_groq: { usage } }]],
    [
      'in each chunk, more and more',
      [
        { ...chunk({ content: '' }), usage: { prompt_tokens: 1, completion_tokens: 1 } },
        { ...end, usage }
      ]
    ],
    [
      'before an event without any',
      [
        { ...end, usage },
        { choices: [], usage: null }
      ]
    ],
    ['under other names', [{ ...end, usage: { input_tokens: 3, output_tokens: 4 } }]],
    ['as text', [{ ...end, usage: { prompt_tokens: '3', completion_tokens: '4' } }]]
  ] as [string, object[]][])('that stands %s', async (_, rest) => {
    const { usage } = await streamed(events(...hello, ...rest))
    expect(usage).toEqual({ prompt_tokens: 3, completion_tokens: 4 })
  })

  test('as nothing where the server does not count', async () => {
    expect((await streamed(events(...hello, end))).usage).toEqual({ prompt_tokens: 0, completion_tokens: 0 })
  })
})

describe('what a model thinks is streamed between <think> and </think>, and is the thought', () => {
  test.each([
    [
      'reasoning_content',
      [chunk({ content: null, reasoning_content: 'let me ' }), chunk({ reasoning_content: 'think' })]
    ],
    ['reasoning', [chunk({ content: '', reasoning: 'let me ' }), chunk({ reasoning: 'think' })]],
    [
      'both',
      [
        chunk({ reasoning: 'let me ', reasoning_content: 'let me ' }),
        chunk({ reasoning: 'think', reasoning_details: [{ type: 'reasoning.text', text: 'think' }] })
      ]
    ],
    [
      'reasoning_details',
      [
        chunk({ reasoning_details: [{ type: 'reasoning.text', text: 'let me ' }] }),
        chunk({ reasoning_details: [{ text: 'think' }] })
      ]
    ],
    [
      'parts of the content',
      [
        chunk({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'let me ' }] }] }),
        chunk({ content: [{ type: 'thinking', thinking: 'think' }] })
      ]
    ]
  ] as [string, object[]][])('as %s', async (_, thoughts) => {
    const { content, thought, chunks } = await streamed(events(...thoughts, chunk({ content: 'Four.' }), end))
    expect({ content, thought }).toEqual({ content: 'Four.', thought: 'let me think' })
    expect(chunks).toEqual(['<think>let me ', 'think', '</think>', 'Four.'])
  })

  test('also before tool calls, and where nothing follows', async () => {
    const call = { tool_calls: [{ index: 0, id: 'c', function: { name: 'add', arguments: '{}' } }] }
    const called = await streamed(events(chunk({ reasoning_content: 'Hm.' }), chunk(call, 'tool_calls')))
    expect(called).toMatchObject({ thought: 'Hm.', chunks: ['<think>Hm.', '</think>'] })
    const silent = await streamed(events(chunk({ reasoning_content: 'Hm.' }), end))
    expect(silent).toMatchObject({ content: '', thought: 'Hm.', chunks: ['<think>Hm.', '</think>'] })
  })

  test('and begins anew when an answer that was only thought about is asked for again', async () => {
    const begun: Reply = async (response, asked) => {
      await begins({ reasoning_content: 'Hm' })(response, asked)
      response.destroy()
    }
    await using server = await openaiServer(begun, events(chunk({ reasoning_content: 'Ah.' }), ...hello, end))
    const { call, chunks } = callOf()
    expect((await ask(openaiModel(server.url), { stream: true }, call)).thought).toBe('Ah.')
    expect(chunks).toEqual(['<think>Hm', '</think>', '<think>Ah.', '</think>', 'Hel', 'lo'])
  })
})

describe('an error in a stream ends the call', () => {
  const error = { code: 502, message: 'Provider disconnected' }
  const told: [string, (object | string)[]][] = [
    ['beside the last choice', [{ ...chunk({ content: '' }, 'error'), error }, '[DONE]']],
    ['beside no choices', [{ error, choices: [] }, '[DONE]']],
    ['alone', [{ error }]],
    ['in a choice', [chunk({ content: '' }, 'error', { error })]],
    ['as a text', [{ error: 'Provider disconnected' }]],
    ['as a message', [{ object: 'error', message: 'Provider disconnected', code: 502 }]],
    ['as a detail', [{ detail: 'Provider disconnected' }]],
    ['deeper', [{ error: { error: { message: 'Provider disconnected' } } }]],
    [
      'with what another said',
      [
        {
          error: {
            message: 'Provider returned error',
            metadata: { raw: '{"error": {"message": "Provider disconnected"}}' }
          }
        }
      ]
    ],
    ['in a list', [[{ error }] as object]],
    [
      'as MiniMax tells it',
      [{ choices: null, base_resp: { status_code: 1002, status_msg: 'Provider disconnected' } }]
    ]
  ]
  test.each(told)('that is told %s', async (_, data) => {
    expect((await failure(streamed(events(...data)))).message).toContain('Provider disconnected')
    await using server = await openaiServer(events(chunk({ content: 'Half ' }), ...data))
    const { call, chunks } = callOf()
    const { message } = await failure(ask(openaiModel(server.url), { stream: true }, call))
    expect(chunks).toEqual(['Half '])
    expect(message).toMatch(
      /was cut off after 5 characters, which have been handed on: .*Provider disconnected/
    )
    expect(server.asked).toHaveLength(1)
  })

  test('that is told by the name of the event', async () => {
    const { message } = await failure(
      streamed(bytes('text/event-stream', ['event: error\ndata: Provider disconnected\n\n']))
    )
    expect(message).toContain('Provider disconnected')
  })

  test('and is worth another try where its status says so', async () => {
    await using server = await openaiServer(events({ error }), events(...hello, end))
    expect((await ask(openaiModel(server.url), { stream: true })).content).toBe('Hello')
  })

  test.each([
    ['error', 'does not say which'],
    ['insufficient_system_resource', 'too little to go on with'],
    ['abort', 'has aborted it']
  ])('whose reason of the end is %s', async (reason, said) => {
    expect((await failure(streamed(events(chunk({ content: '' }, reason))))).message).toContain(said)
  })
})

describe('an answer that is no stream', () => {
  const error = { code: 502, message: 'Provider disconnected' }
  const whole = (more: object, content = '') => ({
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    ...more
  })
  test.each([
    ['an error beside its choices', whole({ error })],
    ['an error in its choice', { choices: [{ message: { content: '' }, error }] }],
    ['an error alone', { error }],
    ['an error as text', { error: 'Provider disconnected' }],
    ['a message and a code', { code: 502, message: 'Provider disconnected' }]
  ])('ends the call where it tells %s', async (_, body) => {
    await using server = await openaiServer(answers(200, body))
    expect((await failure(ask(openaiModel(server.url, { max_retries: 0 })))).message).toContain(
      'Provider disconnected'
    )
  })

  test('with a function_call is refused in a sentence, streamed or not', async () => {
    const function_call = { name: 'add', arguments: '{}' }
    const sentence = 'function_call is deprecated and is not supported by this model client.'
    await using server = await openaiServer(
      says({ role: 'assistant', content: null, function_call }, 'function_call')
    )
    expect((await failure(ask(openaiModel(server.url), { tools: [add] }))).message).toContain(sentence)
    const pieces = events(
      chunk({ function_call: { name: 'add', arguments: '' } }),
      chunk({ function_call: { arguments: '{}' } }),
      chunk({}, 'function_call')
    )
    expect((await failure(streamed(pieces))).message).toContain(sentence)
  })

  test('may say the old function_call beside its tool calls', async () => {
    const call = { id: 'c1', type: 'function', function: { name: 'add', arguments: '{}' } }
    await using server = await openaiServer(
      says(
        { role: 'assistant', content: null, tool_calls: [call], function_call: call.function },
        'tool_calls'
      )
    )
    expect((await ask(openaiModel(server.url), { tools: [add] })).content).toHaveLength(1)
  })

  test('with a refusal says why', async () => {
    await using server = await openaiServer(
      says({ role: 'assistant', content: null, refusal: 'I will not.' })
    )
    expect(await ask(openaiModel(server.url))).toMatchObject({
      content: 'I will not.',
      finish_reason: 'content_filter'
    })
    const refused = await streamed(events(chunk({ refusal: 'I will ' }), chunk({ refusal: 'not.' }), end))
    expect(refused).toMatchObject({ content: 'I will not.', chunks: ['I will ', 'not.'] })
  })

  test('with a content of parts, and with a list of texts, is read', async () => {
    const parts = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] },
      { type: 'text', text: 'Hello' }
    ]
    await using server = await openaiServer(says({ role: 'assistant', content: parts }))
    expect(await ask(openaiModel(server.url))).toMatchObject({ content: 'Hello', thought: 'Hm.' })
  })
})

describe('an answer that was cut', () => {
  test.each([
    ['length', 'length'],
    ['max_tokens', 'length'],
    ['MAX_TOKENS', 'length'],
    ['content_filter', 'content_filter'],
    ['SAFETY', 'content_filter'],
    ['sensitive', 'content_filter'],
    ['STOP', 'stop'],
    ['eos', 'stop'],
    ['tool_calls', 'function_calls'],
    ['something new', 'unknown']
  ])('by %s is kept, and its end is called %s', async (theirs, ours) => {
    const { content, finish_reason } = await streamed(events(...hello, chunk({}, theirs)))
    expect({ content, finish_reason }).toEqual({ content: 'Hello', finish_reason: ours })
  })

  test('before its first word is none', async () => {
    expect((await failure(streamed(events(chunk({ content: '' }, 'length'))))).message).toContain(
      'raise max_tokens'
    )
    expect((await failure(streamed(events(chunk({ content: '' }, 'content_filter'))))).message).toContain(
      'content filter'
    )
  })
})

/**
 * A server with OpenAI's chat completions that costs next to nothing, in a process of its own: `node fake-server.ts`
 * prints `listening on <url>`. What it answers is in the model's name: see `behaviours`.
 */
import { App, type HttpResponse, us_socket_local_port } from 'uWebSockets.js'

/** What is looked at of a request. */
interface Asked {
  model: string
  stream?: boolean
  messages: { role: string }[]
}

/** An answer that is streamed: its remaining chunks, and how many milliseconds lie between two of them. */
interface Stream {
  response: HttpResponse
  left: number
  every: number
  due: number
}

const usage = { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 }
const common = { id: 'chatcmpl-bench', created: 1_700_000_000, model: 'bench' }
const sentence = 'An answer of ordinary length, no more than a line of text.'
/** Chunks that are written in one go where none is waited for. */
const BURST = 100

const whole = (message: object, finish_reason: string): string =>
  JSON.stringify({
    ...common,
    object: 'chat.completion',
    choices: [{ index: 0, message, finish_reason }],
    usage
  })
const event = (choices: object[], more: object = {}): string =>
  `data: ${JSON.stringify({ ...common, object: 'chat.completion.chunk', choices, ...more })}\n\n`
const delta = (content: string): string => event([{ index: 0, delta: { content }, finish_reason: null }])

const words = Array.from({ length: 1000 }, (_, index) => delta(`word${index} `))
const firstWord = event([{ index: 0, delta: { role: 'assistant', content: 'word ' }, finish_reason: null }])
const ending = `${event([{ index: 0, delta: {}, finish_reason: 'stop' }]) + event([], { usage })}data: [DONE]\n\n`
const answer = whole({ role: 'assistant', content: sentence }, 'stop')
const call = (number: number): string => {
  const asked = {
    id: `call_${number}`,
    type: 'function',
    function: { name: 'calculator', arguments: ARGUMENTS }
  }
  return whole({ role: 'assistant', content: null, tool_calls: [asked] }, 'tool_calls')
}
const ARGUMENTS = '{"a": 2, "b": 3, "operator": "+"}'

const streams = new Set<Stream>()
let ticking: NodeJS.Timeout | undefined

/**
 * `stream-<chunks>-<ms>`: a stream of chunks, one each so many milliseconds; `tools-<n>`: n tool calls one after the
 * other, then an answer; `slow-<ms>`: an answer after so long; any other name: an answer at once.
 */
function reply(response: HttpResponse, { model, messages, stream }: Asked): void {
  const [kind, first, second] = model.split('-')
  if (kind === 'stream' && stream) return begin(response, Number(first), Number(second))
  if (kind === 'tools') {
    const made = messages.filter(({ role }) => role === 'tool').length
    return send(response, made < Number(first) ? call(made) : answer)
  }
  if (kind !== 'slow') return send(response, answer)
  const timer = setTimeout(() => send(response, answer), Number(first))
  response.onAborted(() => clearTimeout(timer))
}

const send = (response: HttpResponse, body: string): void => {
  response.cork(() => response.writeHeader('content-type', 'application/json').end(body))
}

function begin(response: HttpResponse, chunks: number, every: number): void {
  const stream: Stream = { response, left: chunks - 1, every, due: performance.now() + every }
  response.onAborted(() => streams.delete(stream))
  response.cork(() => response.writeHeader('content-type', 'text/event-stream').write(firstWord))
  streams.add(stream)
  ticking ??= setInterval(tick, 1)
}

function tick(): void {
  const now = performance.now()
  for (const stream of streams) if (stream.due <= now) advance(stream, now)
  if (streams.size > 0) return
  clearInterval(ticking)
  ticking = undefined
}

function advance(stream: Stream, now: number): void {
  const due = stream.every === 0 ? BURST : 1 + Math.floor((now - stream.due) / stream.every)
  const count = Math.min(due, stream.left)
  stream.due += count * stream.every
  stream.left -= count
  stream.response.cork(() => {
    for (let index = 0; index < count; index++) stream.response.write(words[(stream.left + index) % 1000]!)
    if (stream.left === 0) stream.response.end(ending)
  })
  if (stream.left === 0) streams.delete(stream)
}

App()
  .post('/v1/chat/completions', (response) => {
    let body = ''
    let gone = false
    response.onAborted(() => {
      gone = true
    })
    response.onData((piece, isLast) => {
      body += Buffer.from(piece).toString()
      if (isLast && !gone) reply(response, JSON.parse(body))
    })
  })
  .listen('127.0.0.1', 0, (socket) => {
    if (!socket) throw new Error('there is no free port')
    console.log(`listening on http://127.0.0.1:${us_socket_local_port(socket)}`)
  })

import { patientFetch } from '../ai-sdk/fetch-without-timeouts.ts'

interface Choice {
  index?: unknown
  message?: Message
  delta?: Message
  finish_reason?: unknown
}
interface Message {
  role?: unknown
  content?: unknown
  tool_calls?: { index?: unknown; type?: unknown; function?: { arguments?: unknown } }[] | null
}
interface Answer {
  choices?: Choice[]
}

/** `fetch` for servers that speak OpenAI's protocol with an accent: what the SDK's schemas would refuse is put right. */
export const dialects =
  (stream: boolean, alive: () => void): typeof fetch =>
  async (url, init) => {
    const response = await patientFetch(url, init)
    if (!response.ok || !response.body) return response
    const { status, headers } = response
    const isDocument = /json|html/.test(headers.get('content-type') ?? '')
    if (stream && !isDocument) return new Response(events(response.body, alive), { status, headers })
    const text = await response.text()
    return new Response(stream ? asEvents(text) : mend(text), { status, headers })
  }

// A server that cannot stream answers at once; anything else becomes an event that shows up in the error.
function asEvents(text: string): string {
  const answer = parsed(text)
  if (!answer?.choices) return `data: ${text.replaceAll('\n', '\ndata: ')}\n\n`
  const choices = answer.choices.map(({ message, ...choice }) => ({ ...choice, delta: message }))
  return `data: ${JSON.stringify(put({ ...answer, choices }))}\n\ndata: [DONE]\n\n`
}

function events(body: ReadableStream<Uint8Array>, alive: () => void): ReadableStream<Uint8Array> {
  let rest = ''
  let finished = false
  const line = (text: string): string => {
    if (!text.startsWith('data:')) return text
    const data = text.slice(5).trim()
    // The SDK takes an answer without a reason for one that was cut off.
    if (data === '[DONE]') return finished ? text : `data: ${NO_REASON}\n\n${text}`
    const answer = parsed(data)
    if (!answer) return text
    finished ||= answer.choices?.some(({ finish_reason }) => finish_reason) ?? false
    return `data: ${JSON.stringify(put(answer))}`
  }
  const lines = new TransformStream<string, string>({
    transform(text, out) {
      alive()
      const all = (rest + text).split('\n')
      rest = all.pop() ?? ''
      if (all.length > 0) out.enqueue(`${all.map(line).join('\n')}\n`)
    },
    flush(out) {
      if (rest) out.enqueue(line(rest))
    }
  })
  const decoder = new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>
  return body.pipeThrough(decoder).pipeThrough(lines).pipeThrough(new TextEncoderStream())
}

const NO_REASON = JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'unknown' }] })

function mend(text: string): string {
  const answer = parsed(text)
  return answer ? JSON.stringify(put(answer)) : text
}

function parsed(text: string): Answer | undefined {
  try {
    const value = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

function put(answer: Answer): Answer {
  if (!Array.isArray(answer.choices)) return answer
  for (const [index, choice] of answer.choices.entries()) {
    choice.index ??= index
    const message = choice.message ?? choice.delta
    if (message) putMessage(message, choice.delta !== undefined)
  }
  return answer
}

function putMessage(message: Message, isDelta: boolean): void {
  if (message.role !== 'assistant') delete message.role
  for (const [index, call] of (message.tool_calls ?? []).entries()) {
    call.type = 'function'
    if (isDelta) call.index ??= index
    const { function: asked } = call
    if (!asked) continue
    if (typeof asked.arguments === 'object' && asked.arguments)
      asked.arguments = JSON.stringify(asked.arguments)
    if (!isDelta) asked.arguments ??= ''
  }
}

/** Reasoning in an answer or chunk, under the names that compatible servers use. */
export function reasoningIn(raw: unknown): string {
  const choice = (raw as Answer | undefined)?.choices?.[0]
  const { reasoning_content, reasoning } = (choice?.message ?? choice?.delta ?? {}) as Record<string, unknown>
  const text = reasoning_content ?? reasoning
  return typeof text === 'string' ? text : ''
}

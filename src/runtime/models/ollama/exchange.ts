import {
  APICallError,
  InvalidResponseDataError,
  JSONParseError,
  type LanguageModelV4CallOptions
} from '@ai-sdk/provider'

/** Sends a body to the service, with these headers beside its own. */
export type Ask = (init: {
  body: string
  headers: Record<string, string>
  signal: AbortSignal | undefined
}) => Promise<Response>

/** A request that was answered well, at least so far. */
export interface Sent {
  body: unknown
  response: Response
}

/** Sends a request. Throws the SDK's errors, as its own providers do. */
export async function send(
  ask: Ask,
  body: unknown,
  { abortSignal: signal, headers }: LanguageModelV4CallOptions
): Promise<Sent> {
  const given = Object.entries(headers ?? {}).filter(
    (entry): entry is [string, string] => entry[1] !== undefined
  )
  const init = { body: JSON.stringify(body), headers: Object.fromEntries(given), signal }
  const response = await ask(init).catch((error) => {
    throw cut(error, body)
  })
  if (!response.ok) throw await refusal(response, body)
  return { body, response }
}

/** The lines of an answer, each a JSON object. */
export async function* lines<Line>({ response, body }: Sent): AsyncGenerator<Line, void, void> {
  let rest = ''
  try {
    for await (const text of response.body?.pipeThrough(decoder()) ?? []) {
      const all = (rest + text).split('\n')
      rest = all.pop() ?? ''
      for (const line of all) if (line.trim()) yield parsed<Line>(line, body)
    }
  } catch (error) {
    throw cut(error, body)
  }
  if (rest.trim()) yield parsed<Line>(rest, body)
}

const decoder = () => new TextDecoderStream() as unknown as ReadableWritablePair<string, Uint8Array>

function parsed<Line>(text: string, body: unknown): Line {
  let line: Line & { error?: unknown; message?: unknown }
  try {
    line = JSON.parse(text)
  } catch (cause) {
    throw new JSONParseError({ text, cause })
  }
  // What goes wrong in the midst of an answer is told in it.
  if (line.error) throw failed(body, { message: textOf(line.error), statusCode: 500, data: line })
  if (typeof line.message !== 'object') throw new InvalidResponseDataError({ data: line })
  return line
}

async function refusal(response: Response, body: unknown): Promise<APICallError> {
  const text = await response.text()
  const said = { message: response.statusText, responseBody: text }
  const headers = Object.fromEntries(response.headers)
  try {
    const data = JSON.parse(text)
    if (data.error) Object.assign(said, { message: textOf(data.error), data })
  } catch {}
  return failed(body, { ...said, statusCode: response.status, responseHeaders: headers })
}

const textOf = (error: unknown) => (typeof error === 'string' ? error : JSON.stringify(error))

// What the network says is worth another try; what the SDK says stays as it is.
function cut(error: unknown, body: unknown): unknown {
  if (!(error instanceof TypeError)) return error
  const reason = error.cause instanceof Error ? error.cause.message : error.message
  return failed(body, { message: reason || error.message, cause: error, isRetryable: true })
}

const failed = (body: unknown, failure: { message: string } & Partial<APICallError>) =>
  new APICallError({ url: '', requestBodyValues: body, ...failure })

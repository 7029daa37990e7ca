import type { HttpRequest, HttpResponse, Sink } from '../../http/http.ts'

/** A request as the web has it; its signal is aborted where the client leaves before it is answered. */
export async function webRequestOf(request: HttpRequest): Promise<{ web: Request; left: AbortController }> {
  const left = new AbortController()
  request.onLeft(() => left.abort(new Error('The client has left')))
  const headers = new Headers()
  for (const [name, value] of request.headers) headers.set(name, value)
  headers.delete('content-length')
  const query = request.search === '' ? '' : `?${request.search}`
  const web = new Request(`http://localhost${request.path}${query}`, {
    method: request.method,
    headers,
    signal: left.signal,
    ...(request.method === 'POST' && { body: await request.body() })
  })
  return { web, left }
}

/** An answer of the web as one of ours: event streams as they come, anything else whole. */
export async function answerOf(response: Response, left: AbortController): Promise<HttpResponse> {
  const { status, body } = response
  const headers: Record<string, string> = {}
  for (const [name, value] of response.headers) if (name !== 'content-length') headers[name] = value
  if (!body) return { status, headers }
  if (!headers['content-type']?.startsWith('text/event-stream'))
    return { status, headers, bytes: new Uint8Array(await response.arrayBuffer()) }
  return {
    status,
    headers,
    stream(sink) {
      const pump = new Pump(body, sink)
      void pump.run()
      return {
        onDrain: () => pump.drained(),
        onClose: () => {
          // First: what ends with the stream sees then that the client has left, and was not closed by the server.
          left.abort(new Error('The client has left'))
          pump.stop()
        }
      }
    }
  }
}

/** Gives what a stream holds to a client, no faster than the client takes it. */
class Pump {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #sink: Sink
  #drained = Promise.withResolvers<void>()
  #isOver = false

  constructor(body: ReadableStream<Uint8Array>, sink: Sink) {
    this.#reader = body.getReader()
    this.#sink = sink
  }

  async run(): Promise<void> {
    const decoder = new TextDecoder()
    try {
      for (;;) {
        const { done, value } = await this.#reader.read()
        if (this.#isOver) return
        if (done) break
        const text = decoder.decode(value, { stream: true })
        if (text === '') continue
        this.#drained = Promise.withResolvers()
        if (this.#sink.send(text) !== 'sent') await this.#drained.promise
      }
    } catch {
      // The stream has broken: the client sees that it ends.
    }
    if (this.#isOver) return
    this.#isOver = true
    this.#sink.close()
  }

  drained(): void {
    this.#drained.resolve()
  }

  stop(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#drained.resolve()
    this.#reader.cancel().catch(() => {})
  }
}

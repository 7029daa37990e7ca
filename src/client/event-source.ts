import { createParser, type EventSourceMessage } from 'eventsource-parser'

/** The events of an event stream, one after the other. Leaving the loop closes the stream. */
export async function* eventsOf(
  body: ReadableStream<Uint8Array>
): AsyncGenerator<EventSourceMessage, void, void> {
  const events: EventSourceMessage[] = []
  const parser = createParser({ onEvent: (event) => events.push(event) })
  const decoder = new TextDecoder()
  const reader = body.getReader()
  try {
    for (;;) {
      const { value, done } = await reader.read()
      if (done) return
      parser.feed(decoder.decode(value, { stream: true }))
      yield* events.splice(0)
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}

/** Two ways to ask a model by hand: as one would write it, and as fast as it goes. */
import { Agent, type Dispatcher } from 'undici'

/** A question to a model and what is to be done with pieces of the answer. */
export interface Question {
  base_url: string
  api_key: string
  body: { model: string; stream?: boolean }
  onText(text: string): void
}

/** What came of it. */
export interface Answer {
  content: string | null
  tool_calls?: { id: string; function: { name: string; arguments: string } }[]
}

/** Asks a model. */
export type Ask = (question: Question) => Promise<Answer>

const headersOf = ({ api_key }: Question) => ({
  authorization: `Bearer ${api_key}`,
  'content-type': 'application/json'
})

async function byFetch(question: Question): Promise<Answer> {
  const { base_url, body } = question
  const response = await fetch(`${base_url}/chat/completions`, {
    method: 'POST',
    headers: headersOf(question),
    body: JSON.stringify(body)
  })
  if (!response.ok) throw new Error(`HTTP ${response.status}`)
  if (!body.stream) return messageIn(await response.text())
  const reader = new EventReader(question)
  const decoder = new TextDecoder()
  for await (const bytes of response.body!) reader.push(decoder.decode(bytes, { stream: true }))
  return { content: reader.text }
}

const agent = new Agent({ pipelining: 1 })

function byDispatch(question: Question): Promise<Answer> {
  const { origin, pathname } = new URL(`${question.base_url}/chat/completions`)
  return new Promise((resolve, reject) => {
    const handler = new Exchange(question, resolve, reject)
    const body = JSON.stringify(question.body)
    agent.dispatch({ origin, path: pathname, method: 'POST', headers: headersOf(question), body }, handler)
  })
}

class Exchange implements Dispatcher.DispatchHandler {
  readonly #reader: EventReader | undefined
  readonly #pieces: Buffer[] = []
  readonly #resolve: (answer: Answer) => void
  readonly #reject: (error: Error) => void

  constructor(question: Question, resolve: (answer: Answer) => void, reject: (error: Error) => void) {
    this.#reader = question.body.stream ? new EventReader(question) : undefined
    this.#resolve = resolve
    this.#reject = reject
  }

  onRequestStart(): void {}
  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    if (status !== 200) this.#reject(new Error(`HTTP ${status}`))
  }
  onResponseData(_controller: Dispatcher.DispatchController, bytes: Buffer): void {
    if (this.#reader) this.#reader.push(bytes.toString())
    else this.#pieces.push(bytes)
  }
  onResponseEnd(): void {
    if (this.#reader) this.#resolve({ content: this.#reader.text })
    else this.#resolve(messageIn(Buffer.concat(this.#pieces).toString()))
  }
  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#reject(error)
  }
}

const messageIn = (text: string): Answer => JSON.parse(text).choices[0].message

/** Finds the text in server-sent events that begin and end anywhere. */
class EventReader {
  text = ''
  #rest = ''
  readonly #question: Question

  constructor(question: Question) {
    this.#question = question
  }

  push(piece: string): void {
    const lines = (this.#rest + piece).split('\n')
    this.#rest = lines.pop()!
    for (const line of lines) {
      if (!line.startsWith('data: {')) continue
      const content = JSON.parse(line.slice(6)).choices[0]?.delta.content
      if (!content) continue
      this.text += content
      this.#question.onText(content)
    }
  }
}

/** The ways, by name. */
export const asks: Readonly<Record<'fetch' | 'dispatch', Ask>> = { fetch: byFetch, dispatch: byDispatch }

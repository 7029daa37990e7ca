import { answers, pieces, type Reply } from './scripted-server.ts'

const end = { done: true, done_reason: 'stop', prompt_eval_count: 11, eval_count: 7 }
const lineOf = (line: object) => `${JSON.stringify({ model: 'qwen3', ...line })}\n`

/** Answers with an error in Ollama's shape. */
export const fails = (status: number, error: string, headers?: Record<string, string>): Reply =>
  answers(status, { error }, headers)

/** Answers with a whole message, or with a text. */
export const says = (message: object | string, changes: object = {}): Reply => {
  const said = typeof message === 'string' ? { content: message } : message
  return answers(200, { model: 'qwen3', message: { role: 'assistant', ...said }, ...end, ...changes })
}

/** Streams messages, a line for each, and leaves the stream open. */
export const begins = (...messages: object[]): Reply =>
  pieces(
    'application/x-ndjson',
    messages.map((message) => lineOf({ message: { role: 'assistant', ...message }, done: false }))
  )

/** Streams messages and ends as Ollama does, usage last. */
export const streams =
  (...messages: object[]): Reply =>
  async (response, asked) => {
    await begins(...messages)(response, asked)
    response.end(lineOf({ message: { role: 'assistant', content: '' }, ...end }))
  }

import { createInterface } from 'node:readline'

// An MCP server as one finds them: the first argument says in which way it is odd.
const [odd = '', mark = ''] = process.argv.slice(2)
const out = (text: string): void => void process.stdout.write(text)
const line = (message: object) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`
let asked = 0

// biome-ignore lint/suspicious/noExplicitAny: what a client sends, as it comes
type Json = Record<string, any>

type Message = {
  id?: number
  method?: string
  params?: Json
  result?: Json
  error?: object
}

const tools: Record<string, object[]> = {
  names: [
    ...['docs.get', 'docs get', 'docs_get', 'größe', '1st', `long-${'x'.repeat(80)}`, 'plain'].map(
      (name) => ({
        name,
        inputSchema: { type: 'object' }
      })
    )
  ],
  malformed: [
    { name: 'good' },
    { description: 'no name' },
    3,
    { name: 'strange', inputSchema: null, description: null }
  ] as object[],
  schema: [
    {
      name: 'data',
      outputSchema: { type: 'object', properties: { x: { type: 'integer', pattern: '(' } }, required: ['x'] }
    }
  ]
}

function list(cursor: unknown): object {
  const page = Number(cursor ?? 0)
  const named = [{ name: `tool${page}`, inputSchema: { type: 'object' } }]
  if (odd === 'endless') return { tools: named, nextCursor: String(page + 1) }
  if (odd === 'circle') return { tools: page < 2 ? named : [], nextCursor: String((page + 1) % 2) }
  return { tools: tools[odd] ?? [{ name: 'get', inputSchema: { type: 'object', properties: {} } }] }
}

const results: Record<string, object> = {
  structured: { content: [], structuredContent: { x: 1 } },
  bare: { structuredContent: { x: [1, 2] } },
  old: { toolResult: { y: 2 } },
  schema: { content: [{ type: 'text', text: 'in words only' }] },
  resource: {
    content: [
      { type: 'resource', resource: { uri: 'file:///a', text: 'inside', mimeType: 'text/plain' } },
      {
        type: 'resource',
        resource: { uri: 'file:///b', blob: 'A'.repeat(4000), mimeType: 'application/pdf' }
      },
      { type: 'resource_link', uri: 'file:///c', name: 'c' },
      { type: 'hologram', text: 'new' }
    ]
  }
}

async function call({ id, params }: Message): Promise<void> {
  const text = (content: string) => out(line({ id, result: { content: [{ type: 'text', text: content }] } }))
  if (odd === 'chatty')
    return void out(
      `working on it\n[log] half\n{"not": "a message"}\n${line({ id, result: { content: [{ type: 'text', text: 'done' }] } })}`
    )
  if (odd === 'dies') process.exit(3)
  if (odd === 'hangs') return
  if (odd === 'huge') return text('x'.repeat(Number(mark)))
  if (odd === 'slow') {
    for (let i = 0; i < 4; i++) {
      await new Promise((resolve) => setTimeout(resolve, 150))
      out(
        line({
          method: 'notifications/progress',
          params: { progressToken: params?._meta?.progressToken, progress: i }
        })
      )
    }
    return text('at last')
  }
  if (odd === 'changes') out(line({ method: 'notifications/tools/list_changed' }))
  if (odd === 'asks' || odd === 'samples' || odd === 'roots') {
    const answer = await ask(
      odd === 'asks' ? 'elicitation/create' : odd === 'roots' ? 'roots/list' : 'sampling/createMessage',
      odd === 'asks'
        ? { message: 'How many?', requestedSchema: JSON.parse(mark) }
        : {
            messages: [{ role: 'user', content: { type: 'text', text: 'Say it.' } }],
            systemPrompt: 'Be brief.',
            maxTokens: 5
          }
    )
    return text(JSON.stringify(answer))
  }
  out(line({ id, result: results[odd] ?? { content: [{ type: 'text', text: `called ${params?.name}` }] } }))
}

const waiting = new Map<number, (message: object) => void>()
function ask(method: string, params: object): Promise<object> {
  const id = 1000 + asked++
  out(line({ id, method, params }))
  return new Promise((resolve) => waiting.set(id, resolve))
}

if (odd === 'chatty') out('starting\nready\n\n')
createInterface({ input: process.stdin }).on('line', (text) => {
  const message = JSON.parse(text) as Message
  const { id, method, params } = message
  if (id !== undefined && waiting.has(id) && !method)
    return waiting.get(id)!(message.result ?? { error: message.error })
  if (method === 'initialize') {
    const told = {
      protocolVersion: params?.protocolVersion,
      capabilities: { tools: { listChanged: true } },
      serverInfo: { name: 's', version: '1' }
    }
    setTimeout(() => out(line({ id, result: told })), odd === 'late' ? 300 : 0)
  }
  if (method === 'tools/list') out(line({ id, result: list(params?.cursor) }))
  if (method === 'tools/call') void call(message)
})

/**
 * The floor: what the same work costs when it is written by hand, for nothing but this. It answers the load client like
 * Troupe and asks the same model, but it stores nothing, checks nothing and cannot do anything else.
 * `node floor.ts fetch` asks by Node's fetch, `node floor.ts dispatch` by undici's dispatch.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { type WebSocket, WebSocketServer } from 'ws'
import { type Ask, asks } from './floor-ask.ts'

/** As much of a team as is needed here. */
interface Team {
  config: {
    participants: { config: Participant }[]
    termination_condition: { config: { max_messages: number } }
  }
}
interface Participant {
  name: string
  system_message: string
  model_client: { config: { model: string; base_url: string; api_key: string } }
  model_client_stream: boolean
  tools?: unknown[]
}
interface Message {
  role: 'system' | 'user' | 'assistant' | 'tool'
  content: string | null
  name?: string
  tool_calls?: unknown[]
  tool_call_id?: string
}

const ask: Ask = asks[process.argv[2] as 'fetch' | 'dispatch']
let runs = 0

/** Plays a team in turns, each answer being sent when it is there. */
async function play(socket: WebSocket, task: string, team: Team): Promise<void> {
  const { participants, termination_condition } = team.config
  const agents = participants.map(({ config }) => new Agent(config, socket))
  const all = agents.map(({ messages }) => messages)
  for (const messages of all) messages.push({ role: 'user', name: 'user', content: task })
  send(socket, { type: 'message', data: { type: 'TextMessage', source: 'user', content: task } })
  for (let count = 1; count < termination_condition.config.max_messages; count++) {
    const agent = agents[(count - 1) % agents.length]!
    const content = await agent.speak()
    const data = { type: 'TextMessage', id: crypto.randomUUID(), source: agent.name, content }
    send(socket, { type: 'message', data })
    for (const messages of all)
      if (messages !== agent.messages) messages.push({ role: 'user', name: agent.name, content })
  }
  send(socket, { type: 'result', status: 'complete', data: { task_result: { stop_reason: 'enough' } } })
}

/** One who speaks: asks its model, and again while that calls the one tool there is. */
class Agent {
  readonly name: string
  readonly messages: Message[]
  readonly #config: Participant
  readonly #socket: WebSocket

  constructor(config: Participant, socket: WebSocket) {
    this.name = config.name
    this.#config = config
    this.#socket = socket
    this.messages = [{ role: 'system', content: config.system_message }]
  }

  async speak(): Promise<string> {
    const { model_client, model_client_stream: stream, tools } = this.#config
    const { base_url, api_key, model } = model_client.config
    const full_message_id = crypto.randomUUID()
    const onText = (content: string) =>
      send(this.#socket, {
        type: 'message_chunk',
        data: { type: 'ModelClientStreamingChunkEvent', source: this.name, content, full_message_id }
      })
    for (;;) {
      const body = {
        model,
        messages: this.messages,
        ...(tools && { tools: [tool] }),
        ...(stream && { stream })
      }
      const { content, tool_calls } = await ask({ base_url, api_key, body, onText })
      this.messages.push({ role: 'assistant', content, ...(tool_calls && { tool_calls }) })
      if (!tool_calls) return content ?? ''
      this.#event('ToolCallRequestEvent', tool_calls)
      const results = tool_calls.map(({ id, function: { arguments: text } }) => ({
        role: 'tool' as const,
        tool_call_id: id,
        content: calculate(JSON.parse(text))
      }))
      this.messages.push(...results)
      this.#event('ToolCallExecutionEvent', results)
    }
  }

  #event(type: string, content: unknown): void {
    send(this.#socket, { type: 'message', data: { type, source: this.name, content } })
  }
}

const properties = { a: { type: 'number' }, b: { type: 'number' }, operator: { type: 'string' } }
const tool = {
  type: 'function',
  function: {
    name: 'calculator',
    description: 'A simple calculator.',
    parameters: { type: 'object', properties, required: ['a', 'b', 'operator'] }
  }
}
const calculate = ({ a, b }: { a: number; b: number }): string => String(a + b)

const send = (socket: WebSocket, frame: object): void => socket.send(JSON.stringify(frame))

const server = createServer(async (request, response) => {
  await json(request)
  const data = request.url === '/api/runs/' ? { run_id: ++runs } : { id: 1 }
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ status: true, data }))
})
new WebSocketServer({ server }).on('connection', (socket) => {
  send(socket, { type: 'system', status: 'connected' })
  socket.on('message', (bytes) => {
    const { task, team_config } = JSON.parse(String(bytes))
    play(socket, task, team_config).catch((error) => {
      console.error(error)
      socket.close(1011)
    })
  })
})
server.listen(0, '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})

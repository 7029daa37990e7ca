/**
 * What the compiler knows. Nothing here is ever run: the type check reads it, of the checkout and of the package. Each
 * line below a `@ts-expect-error` is a mistake that must not compile.
 */
import { z } from 'zod'
import {
  AssistantAgent,
  anthropic,
  azureOpenAI,
  defineAgent,
  defineCondition,
  defineModel,
  defineTeam,
  external,
  FunctionAgent,
  GraphFlow,
  isStructured,
  MagenticOneGroupChat,
  McpWorkbench,
  maxMessages,
  models,
  ollama,
  openai,
  openaiCompatible,
  RoundRobinGroupChat,
  replay,
  SelectorGroupChat,
  Swarm,
  type TaskResult,
  type ToolContext,
  textMention,
  tool,
  UserProxyAgent
} from '../../src/index.ts'

const model = replay(['Good.'])
const until = maxMessages(3)

// What a structured agent answers is known, alone and in a team.
const weather = new AssistantAgent({
  name: 'weather',
  model,
  outputType: z.object({ city: z.string(), degrees: z.number() })
})
const writer = new AssistantAgent({ name: 'writer', model })
const degrees: number = (await weather.run('How warm is it?')).output.degrees
const text: string = (await writer.run('Write.')).output
const both = new RoundRobinGroupChat([writer, weather], { until })
const city: string = (await both.run('Go.')).output.city
const plain: TaskResult<string> = await new RoundRobinGroupChat([writer], { until }).run('Go.')
const { messages } = await both.run('Go.')
for (const message of messages) if (isStructured(message)) message.content.degrees satisfies number

// What tools want to be given is known.
interface Bank {
  pay(order: string): Promise<string>
}
const refund = tool({
  name: 'refund',
  description: 'Pays back.',
  parameters: z.object({ order: z.string() }),
  run: ({ order }, { context, idempotencyKey, signal }: ToolContext<{ bank: Bank }>) =>
    context.bank.pay(order + idempotencyKey + signal.aborted)
})
const clerk = new AssistantAgent({ name: 'clerk', model, tools: [refund] })
const desk = new RoundRobinGroupChat([writer, clerk], { until })
declare const bank: Bank
await clerk.run('Refund.', { context: { bank } })
await desk.run('Refund.', { context: { bank } })

// Own things are typed by their schemas.
const echo = defineAgent({
  provider: 'my.Echo',
  config: z.object({ prefix: z.string() }),
  initialState: { turns: 0 },
  work: (heard, { state }, { prefix }) => `${prefix}${heard.length + state.turns++}`
})
const twice = defineCondition({
  provider: 'my.Twice',
  config: z.object({ times: z.number() }),
  rule: ({ times }) => ({ begin: () => 0, look: (seen: number) => ({ state: seen + times }) })
})
const panel = defineTeam({
  provider: 'my.Panel',
  config: z.object({ rounds: z.number() }),
  selector: ({ rounds }) => ({
    begin: () => rounds,
    next: (state: number, [first]) => ({ state, speakers: [first!] })
  })
})
const silent = defineModel({ provider: 'my.Silent', create: () => '' })
export const fine = [
  degrees,
  text,
  city,
  plain,
  echo({ name: 'echo', prefix: '>' }),
  twice({ times: 2 }),
  silent()
]
export const panelOutput: Promise<TaskResult<{ city: string; degrees: number }>> = panel([weather], {
  rounds: 2,
  until
}).run()

// Twenty and more mistakes.
// @ts-expect-error: instructions
new AssistantAgent({ name: 'a', model, instrctions: 'Write.' })
// @ts-expect-error: systemMessage
new AssistantAgent('a', { modelClient: model, systemMesage: 'Write.' })
// @ts-expect-error: an agent needs a model
new AssistantAgent({ name: 'a' })
// @ts-expect-error: an agent needs a name
new AssistantAgent({ model })
// @ts-expect-error: the model is no name
new AssistantAgent({ name: 'a', model: 'gpt-4o-mini' })
// @ts-expect-error: outputType
new AssistantAgent({ name: 'a', model, outputTyp: z.object({}) })
// @ts-expect-error: the shape of an answer is an object
new AssistantAgent({ name: 'a', model, outputType: z.string() })
// @ts-expect-error: maxToolIterations
new AssistantAgent({ name: 'a', model, maxToolIteration: 3 })
// @ts-expect-error: reflectOnToolUse is a truth value
new AssistantAgent({ name: 'a', model, reflectOnToolUse: 'yes' })
// @ts-expect-error: baseUrl
openai('gpt-4o-mini', { base_url: 'http://127.0.0.1' })
// @ts-expect-error: apiKey
openai('gpt-4o-mini', { apikey: 'x' })
// @ts-expect-error: base_url
models.openai({ model: 'gpt-4o-mini', baseUrl: 'http://127.0.0.1' })
// @ts-expect-error: a compatible server has an address
openaiCompatible('llama', {})
// @ts-expect-error: azureEndpoint
azureOpenAI('gpt-4o', { endpoint: 'https://x', apiVersion: '2024-10-21' })
// @ts-expect-error: maxTokens is a number
anthropic('claude-sonnet-4', { maxTokens: '100' })
// @ts-expect-error: keepAlive
ollama('llama3.2', { keep_alive: '5m' })
// @ts-expect-error: until
new RoundRobinGroupChat([writer], { untl: until })
// @ts-expect-error: maxTurns
new RoundRobinGroupChat([writer], { maxTurn: 3 })
// @ts-expect-error: a participant is an agent
new RoundRobinGroupChat(['writer'], { until })
// @ts-expect-error: a condition is no text
new RoundRobinGroupChat([writer], { until: 'APPROVE' })
// @ts-expect-error: a selector has a model
new SelectorGroupChat([writer, clerk], { until })
// @ts-expect-error: selectorPrompt
new SelectorGroupChat([writer, clerk], { model, selector_prompt: 'Who?', until })
// @ts-expect-error: maxStalls
new MagenticOneGroupChat([writer], { model, maxStall: 2 })
// @ts-expect-error: a graph has a graph
new GraphFlow([writer], { until })
// @ts-expect-error: emitTeamEvents
new Swarm([writer], { until, emitEvents: true })
// @ts-expect-error: signal
await writer.run('Write.', { sigal: new AbortController().signal })
// @ts-expect-error: task
await desk.run({ taks: 'Write.' })
// @ts-expect-error: the tools want a bank
await clerk.run('Refund.', { context: { till: bank } })
// @ts-expect-error: so do those of a team
await desk.run('Refund.', { context: {} })
// @ts-expect-error: degrees
;(await weather.run('How warm is it?')).output.degree
// @ts-expect-error: a text has no city
;(await writer.run('Write.')).output.city
// @ts-expect-error: stopReason
;(await writer.run('Write.')).stop_reason
// @ts-expect-error: cancelled
;(await writer.run('Write.')).status === 'canceled'
// @ts-expect-error: includeAgentEvent
maxMessages(3, { includeEvents: true })
// @ts-expect-error: sources
textMention('DONE', { source: ['writer'] })
// @ts-expect-error: description
tool({ name: 'x', descripton: 'y', parameters: z.object({}), run: () => '' })
// @ts-expect-error: the arguments are those of the parameters
tool({ name: 'x', description: 'y', parameters: z.object({ order: z.string() }), run: ({ oder }) => oder })
// @ts-expect-error: parameters are an object
tool({ name: 'x', description: 'y', parameters: z.string(), run: () => '' })
// @ts-expect-error: set
external().sett()
// @ts-expect-error: command
new McpWorkbench({ comand: 'npx' })
// @ts-expect-error: prefix
echo({ name: 'echo', prefx: '>' })
// @ts-expect-error: rounds is a number
panel([weather], { rounds: 'two', until })
// @ts-expect-error: description
new UserProxyAgent('user', { descripton: 'A person.' })
// @ts-expect-error: initialState
new FunctionAgent({ name: 'x', work: () => '', state: {} })

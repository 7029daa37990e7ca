import { expect, test } from 'vitest'
import {
  AssistantAgent,
  agentTool,
  maxMessages,
  models,
  RoundRobinGroupChat,
  teamTool,
  textOf,
  UserProxyAgent
} from '../../src/index.ts'

const call = (name: string, task: string, id: string) => ({ id, name, arguments: JSON.stringify({ task }) })
const calls = (...content: object[]) => ({
  finish_reason: 'function_calls',
  content,
  usage: { prompt_tokens: 1, completion_tokens: 1 },
  cached: false
})
const alone = (agent: AssistantAgent) => new RoundRobinGroupChat([agent], { maxTurns: 1 })

test('an agent is a tool: its answer is the result, and what it says is shown and heard by nobody', async () => {
  const writer = new AssistantAgent('writer', {
    modelClient: models.replay(['A poem.']),
    description: 'Writes.'
  })
  const lead = new AssistantAgent('lead', {
    modelClient: models.replay([calls(call('writer', 'Write.', '1'))]),
    tools: [agentTool(writer, { returnValueAsLastMessage: true })]
  })
  const { messages } = await alone(lead).run({ task: 'Go.' })
  expect(messages.map(({ type, source }) => `${source} ${type}`)).toEqual([
    'user TextMessage',
    'lead ToolCallRequestEvent',
    'user TextMessage',
    'writer TextMessage',
    'lead ToolCallExecutionEvent',
    'lead ToolCallSummaryMessage'
  ])
  expect(textOf(messages.at(-1)!)).toBe('A poem.')
})

test('what is said in a tool counts for the condition, as what its agent says', async () => {
  const writer = new AssistantAgent('writer', { modelClient: models.replay(['A poem.']) })
  const lead = new AssistantAgent('lead', {
    modelClient: models.replay([calls(call('writer', 'Write.', '1')), 'Never said.']),
    tools: [agentTool(writer)]
  })
  const team = new RoundRobinGroupChat([lead], { terminationCondition: maxMessages(4) })
  const { messages, stopReason } = await team.run({ task: 'Go.' })
  expect(stopReason).toBe('Maximum number of messages 4 reached, current message count: 4')
  const { agent_states } = team.saveState() as { agent_states: Record<string, { message_thread: unknown[] }> }
  expect(agent_states.RoundRobinGroupChatManager!.message_thread).toEqual(messages)
})

test('a team that is called twice at once works on one task after the other', async () => {
  const inner = new RoundRobinGroupChat(
    [new AssistantAgent('x', { modelClient: models.replay(['one', 'two']) })],
    { maxTurns: 1 }
  )
  const lead = new AssistantAgent('lead', {
    modelClient: models.replay([calls(call('group', 'first', '1'), call('group', 'second', '2'))]),
    tools: [teamTool(inner, 'group', 'A group.')]
  })
  const { messages } = await alone(lead).run({ task: 'Go.' })
  expect(textOf(messages.at(-1)!)).toBe('x: one\nx: two')
})

test('a cancelled run cancels the agent that works as its tool', async () => {
  const cancel = new AbortController()
  const slow = new AssistantAgent('slow', {
    modelClient: {
      ...models.replay([]),
      info: models.replay([]).info,
      create: (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason))
          queueMicrotask(() => cancel.abort(new Error('enough')))
        })
    }
  })
  const lead = new AssistantAgent('lead', {
    modelClient: models.replay([calls(call('slow', 'Wait.', '1'))]),
    tools: [agentTool(slow)]
  })
  const { stopReason } = await alone(lead).run({ task: 'Go.', signal: cancel.signal })
  expect(stopReason).toBe('enough')
})

test('pieces of what an agent says that is a tool are shown as they come', async () => {
  const writer = new AssistantAgent('writer', {
    modelClient: models.replay(['A poem of mine.']),
    modelClientStream: true
  })
  const lead = new AssistantAgent('lead', {
    modelClient: models.replay([calls(call('writer', 'Write.', '1'))]),
    tools: [agentTool(writer)]
  })
  const seen: string[] = []
  for await (const item of alone(lead).runStream({ task: 'Go.' }))
    if (item.type === 'ModelClientStreamingChunkEvent') seen.push(`${item.source}: ${item.content}`)
  expect(seen).toEqual(['writer: A ', 'writer: poem ', 'writer: of ', 'writer: mine.'])
})

test('a person in a team that is a tool is asked, and answers', async () => {
  const inner = new RoundRobinGroupChat([new UserProxyAgent('boss')], { maxTurns: 1 })
  const lead = new AssistantAgent('lead', {
    modelClient: models.replay([calls(call('group', 'Ask.', '1'))]),
    tools: [teamTool(inner, 'group', 'A group.')]
  })
  const { messages } = await alone(lead).run({
    task: 'Go.',
    input: async ({ source }) => `${source} says yes`
  })
  expect(textOf(messages.at(-1)!)).toBe('boss: boss says yes')
})

test('a run that is cancelled while a person in a tool is asked ends at once', async () => {
  const cancel = new AbortController()
  const inner = new RoundRobinGroupChat([new UserProxyAgent('boss')], { maxTurns: 1 })
  const lead = new AssistantAgent('lead', {
    modelClient: models.replay([calls(call('group', 'Ask.', '1'))]),
    tools: [teamTool(inner, 'group', 'A group.')]
  })
  const input = () => {
    cancel.abort(new Error('enough'))
    return new Promise<string>(() => {})
  }
  const { stopReason } = await alone(lead).run({ task: 'Go.', input, signal: cancel.signal })
  expect(stopReason).toBe('enough')
})

test('a task that is none is told to the model in a sentence', async () => {
  const lead = new AssistantAgent('lead', {
    modelClient: models.replay([calls({ id: '1', name: 'writer', arguments: '{"task": 3}' })]),
    tools: [agentTool(new AssistantAgent('writer', { modelClient: models.replay([]) }))]
  })
  const { messages } = await alone(lead).run({ task: 'Go.' })
  expect(textOf(messages.at(-1)!)).toBe('arguments.task: Invalid input: expected string, received number')
})

import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import {
  AssistantAgent,
  anthropic,
  CodeExecutorAgent,
  DiGraphBuilder,
  FunctionAgent,
  fromComponent,
  GraphFlow,
  handoffTo,
  MagenticOneGroupChat,
  McpWorkbench,
  MessageFilterAgent,
  maxMessages,
  models,
  openai,
  openaiCompatible,
  RoundRobinGroupChat,
  replay,
  SelectorGroupChat,
  SocietyOfMindAgent,
  Swarm,
  Team,
  TroupeError,
  textMention,
  toComponent,
  tokenUsage,
  tool,
  UserProxyAgent
} from '../../src/index.ts'

// What a program in JavaScript, or a cast, lets through.
const loose =
  <Result>(make: (options: never) => Result, options: object): (() => Result) =>
  () =>
    make(options as never)
const model = replay(['Good.'])
const agent = (name = 'a', more = {}) => new AssistantAgent({ name, model, ...more })

describe('an option that does not exist is an error that names the nearest right one', () => {
  const cases: [what: string, make: () => unknown, near: string][] = [
    [
      'of an agent',
      loose((o) => new AssistantAgent(o), { name: 'a', model, systemMesage: '' }),
      'systemMessage'
    ],
    ['in the old form', loose((o) => new AssistantAgent('a', o), { model, instrutions: '' }), 'instructions'],
    [
      'in another case',
      loose((o) => new AssistantAgent(o), { name: 'a', model_client: model }),
      'modelClient'
    ],
    ['of an address', loose((o) => openai('gpt-4o-mini', o), { base_url: 'http://x' }), 'baseUrl'],
    ['of a key', loose((o) => anthropic('claude-sonnet-4', o), { api_key: 'x' }), 'apiKey'],
    ['of a config', loose((o) => models.openai(o), { model: 'gpt-4o', baseUrl: 'http://x' }), 'base_url'],
    ['of a compatible server', loose((o) => openaiCompatible('x', o), { baseURL: 'http://x' }), 'baseUrl'],
    ['of given answers', loose((o) => replay([], o), { delay: 3 }), 'delayMs'],
    ['of a team', loose((o) => new RoundRobinGroupChat([agent()], o), { untill: null }), 'until'],
    [
      'of a selector',
      loose((o) => new SelectorGroupChat([agent(), agent('b')], o), { model, selectPrompt: '' }),
      'selectorPrompt'
    ],
    ['of a swarm', loose((o) => new Swarm([agent()], o), { max_turns: 3 }), 'maxTurns'],
    [
      'of a graph',
      loose((o) => new GraphFlow([agent()], new DiGraphBuilder().addNode(agent()).build(), o), {
        emitEvents: true
      }),
      'emitTeamEvents'
    ],
    [
      'of a planned team',
      loose((o) => new MagenticOneGroupChat([agent()], o), { model, maxStall: 1 }),
      'maxStalls'
    ],
    [
      'of a tool',
      loose(tool, { name: 't', description: '', parameters: z.object({}), excute: 1, run: () => '' }),
      'execute'
    ],
    ['of a person', loose((o) => new UserProxyAgent('u', o), { decription: '' }), 'description'],
    ['of a function', loose((o) => new FunctionAgent('f', () => '', o), { initalState: {} }), 'initialState'],
    ['of code', loose((o) => new CodeExecutorAgent('c', o), { codeExecuter: {} }), 'codeExecutor'],
    [
      'of a filter',
      loose((o) => new MessageFilterAgent(o), { name: 'm', agent: agent(), persource: [] }),
      'perSource'
    ],
    [
      'of a society',
      loose((o) => new SocietyOfMindAgent(o), { name: 's', model, instructions: '' }),
      'instruction'
    ],
    ['of a server', loose((o) => new McpWorkbench(o), { command: 'x', arg: [] }), 'args'],
    [
      'of a server behind an address',
      loose((o) => new McpWorkbench(o), { url: 'http://x', header: {} }),
      'headers'
    ],
    ['of a count', loose((o) => maxMessages(3, o), { includeAgentEvents: true }), 'includeAgentEvent'],
    ['of a mention', loose((o) => textMention('x', o), { source: ['a'] }), 'sources'],
    ['of tokens', loose((o) => tokenUsage(o), { max_total: 3 }), 'maxTotal']
  ]
  const real = cases.filter(([what]) => what !== 'of a tool')
  test.each(real)('%s', (_, make, near) => {
    expect(make).toThrow(TroupeError)
    expect(make).toThrow(expect.objectContaining({ code: 'unknown_option' }))
    expect(make).toThrow(`Did you mean "${near}"?`)
  })

  test('where none is near, all there are', () => {
    expect(loose((o) => new RoundRobinGroupChat([agent()], o), { colour: 'red' })).toThrow(
      'It has: customMessageTypes'
    )
  })

  test('in a run too', async () => {
    const options = { sigal: new AbortController().signal } as never
    await expect(agent().run('Go.', options)).rejects.toThrow('Did you mean "signal"?')
    await expect(agent().run({ taks: 'Go.' } as never)).rejects.toThrow('Did you mean "task"?')
  })
})

describe('a team that cannot be meant is refused when it is made', () => {
  const made = (code: string) => expect.objectContaining({ name: 'TroupeError', code })

  test('without an end, unless it is said that there is none', () => {
    expect(() => new RoundRobinGroupChat([agent()])).toThrow(made('no_end'))
    expect(() => new SelectorGroupChat([agent(), agent('b')], { model })).toThrow(made('no_end'))
    expect(() => new Swarm([agent('a', { handoffs: ['a'] })])).toThrow(made('no_end'))
    const loop = new DiGraphBuilder().addNode(agent()).addNode(agent('b'))
    loop.addEdge('a', 'b', { condition: 'x' }).addEdge('b', 'a', { condition: 'y' }).addNode(agent('c'))
    loop.addEdge('b', 'c', { condition: 'z' }).setEntryPoint('a')
    expect(() => new GraphFlow(loop.participants, loop.build())).toThrow(made('no_end'))
    for (const end of [{ until: maxMessages(3) }, { maxTurns: 3 }, { maxTurns: Number.POSITIVE_INFINITY }]) {
      new RoundRobinGroupChat([agent()], end)
      new GraphFlow(loop.participants, loop.build(), end)
    }
    new MagenticOneGroupChat([agent()], { model })
  })

  test('with a handoff to one who does not take part, wherever the agent stands', () => {
    const swarm = (target: string, more = {}) =>
      new Swarm([agent('alice', { handoffs: [target] }), agent('bob')], { maxTurns: 3, ...more })
    expect(() => swarm('nobody')).toThrow(made('unknown_handoff'))
    expect(() => swarm('Bob')).toThrow('Did you mean "bob"?')
    expect(() => swarm('user')).toThrow("until: handoffTo('user')")
    swarm('bob')
    swarm('user', { until: handoffTo('user').or(maxMessages(9)) })
    const filtered = new MessageFilterAgent('alice', agent('alice', { handoffs: ['nobody'] }), [])
    expect(() => new RoundRobinGroupChat([filtered], { maxTurns: 1 })).toThrow(made('unknown_handoff'))
  })

  test('but a component from AutoGen only carries a note', () => {
    const component = toComponent(new RoundRobinGroupChat([agent('alice')], { maxTurns: 3 }))
    component.config.max_turns = null
    const inner = component.config.participants as { config: Record<string, unknown> }[]
    inner[0]!.config.handoffs = ['nobody']
    const team = fromComponent<Team>(component)
    expect(team).toBeInstanceOf(Team)
    expect(team.note).toMatch(/"nobody".*has no end/)
  })
})

describe('an error that ends a run', () => {
  class Overdrawn extends Error {
    readonly code = 'E_OVERDRAWN'
    readonly status = 402
  }

  test('is the error itself, with its class, cause, code and status', async () => {
    const cause = new Error('Nothing left.')
    const thrown = new Overdrawn('No money.', { cause })
    const broke = new FunctionAgent({
      name: 'broke',
      work() {
        throw thrown
      }
    })
    const error = await broke.run('Pay.').catch((error) => error)
    expect(error).toBe(thrown)
    expect(error).toMatchObject({ code: 'E_OVERDRAWN', status: 402, cause })
    const inner = new RoundRobinGroupChat([broke], { name: 'inner', maxTurns: 1 })
    const outer = new RoundRobinGroupChat([inner], { maxTurns: 1 })
    await expect(outer.run('Pay.')).rejects.toBe(thrown)
  })

  test('is one of the listed reasons with its code', async () => {
    await expect(new UserProxyAgent('user').run('Well?')).rejects.toMatchObject({ code: 'no_answer' })
  })
})

import type { RunStatus } from '../../src/protocol/run-status.ts'
import type { LiveRun } from '../../src/runtime/run/live-run.ts'
import { type Part, person, replayModel, roundRobin, team, until } from './some-teams.ts'

/** A run that is recorded: the team, what persons say, what it is told, and how it comes out. */
export interface Scene {
  team: Part
  ends: RunStatus
  answers?: string[]
  /** Given when the frame with this number was told. */
  command?: { at: number; give(run: LiveRun): void }
}

const model_info = {
  ...{ vision: false, function_calling: true, json_output: false, structured_output: false },
  family: 'unknown'
}
const model = (chat_completions: unknown[], more = {}): Part => {
  const { provider } = replayModel([])
  return { provider, config: { chat_completions, model_info, ...more } }
}
const agent = (name: string, answers: unknown[], more: Record<string, unknown> = {}): Part => ({
  provider: 'autogen_agentchat.agents.AssistantAgent',
  config: { name, model_client: model(answers), ...more }
})

const calls = (...made: [id: string, name: string, args: object][]) => ({
  finish_reason: 'function_calls',
  content: made.map(([id, name, args]) => ({ id, name, arguments: JSON.stringify(args) })),
  usage: { prompt_tokens: 7, completion_tokens: 3 },
  cached: false
})
const add: Part = {
  provider: 'autogen_ext.tools.http.HttpTool',
  config: {
    ...{ name: 'add', host: '127.0.0.1', port: 8765, path: '/add' },
    json_schema: {
      type: 'object',
      properties: { a: { type: 'integer' }, b: { type: 'integer' } },
      required: ['a', 'b']
    }
  }
}
const adder = (name: string) =>
  agent(
    name,
    [calls(['c1', 'add', { a: 1, b: 2 }], ['c2', 'add', { a: 3, b: 4 }]), 'Three and seven.', 'Done.'],
    { tools: [add], reflect_on_tool_use: true }
  )
const two = () => [agent('ann', ['a1', 'a2', 'a3']), agent('bob', ['b1', 'b2', 'b3'])]
const slow = () => [
  {
    ...agent('slow', []),
    config: { name: 'slow', model_client: model(['s1', 's2', 's3'], { delay_ms: 40 }) }
  }
]
const node = (name: string, ...targets: string[]) => [
  name,
  { name, edges: targets.map((target) => ({ target })) }
]

/** The runs that are recorded for each revision, by name. */
export const scenes: Record<string, Scene> = {
  'round-robin': { ends: 'complete', team: roundRobin(two(), 5) },
  streaming: {
    ends: 'complete',
    team: roundRobin([agent('ann', ['one two three', 'four five'], { model_client_stream: true })], 3)
  },
  tools: { ends: 'complete', team: roundRobin([adder('ann'), agent('bob', ['Thanks.'])], 3) },
  asking: {
    ends: 'complete',
    answers: ['Good.', 'Better.'],
    team: roundRobin([agent('ann', ['a1', 'a2']), person()], 5)
  },
  'awaiting-input': {
    ends: 'awaiting_input',
    team: roundRobin([agent('ann', ['a1', 'a2']), person()], 5)
  },
  paused: { ends: 'paused', team: roundRobin(slow(), 4), command: { at: 3, give: (run) => run.pause() } },
  'paused-and-resumed': {
    ends: 'complete',
    team: roundRobin(slow(), 4),
    command: {
      at: 3,
      give(run) {
        run.pause()
        run.resume()
      }
    }
  },
  stopped: {
    ends: 'stopped',
    team: roundRobin(slow(), 4),
    command: { at: 3, give: (run) => run.stop('Enough.') }
  },
  failed: { ends: 'error', team: roundRobin([agent('ann', ['a1'])], 4) },
  nested: {
    ends: 'complete',
    team: roundRobin(
      [
        { ...roundRobin(two(), 3), config: { ...roundRobin(two(), 3).config, name: 'inner' } },
        agent('cat', ['c1', 'c2'])
      ],
      8
    )
  },
  society: {
    ends: 'complete',
    team: roundRobin(
      [
        {
          provider: 'autogen_agentchat.agents.SocietyOfMindAgent',
          config: {
            name: 'society',
            team: roundRobin(two(), 3),
            model_client: model(['All in all.', 'Again.'])
          }
        },
        agent('cat', ['c1'])
      ],
      4
    )
  },
  selector: {
    ends: 'complete',
    team: team('SelectorGroupChat', {
      participants: two(),
      model_client: model(['ann', 'bob', 'ann']),
      ...until(4)
    })
  },
  swarm: {
    ends: 'complete',
    team: team('Swarm', {
      participants: [
        agent('ann', [calls(['h1', 'transfer_to_bob', {}]), 'a2'], { handoffs: ['bob'] }),
        agent('bob', [calls(['h2', 'transfer_to_ann', {}])], { handoffs: ['ann'] })
      ],
      ...until(4)
    })
  },
  graph: {
    ends: 'complete',
    answers: ['Good.'],
    team: team('GraphFlow', {
      participants: [agent('first', ['f1']), adder('left'), person('right'), agent('last', ['l1'])],
      graph: {
        nodes: Object.fromEntries([
          node('first', 'left', 'right'),
          node('left', 'last'),
          node('right', 'last'),
          node('last')
        ])
      }
    })
  }
}

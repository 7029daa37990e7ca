import { showTeam } from '../support/show-team.ts'
import { assistant, type Part, person, replayModel, roundRobin, team, until } from '../support/some-teams.ts'

/** A team to be looked at, what it is to do, and until when it is waited for. */
export interface Kind {
  name: string
  team: Part
  task: string
  /** The frame after which there is something to see. */
  until: 'result' | 'completion' | 'input_request' | 'message'
}

const toolModel = { vision: false, function_calling: true, json_output: true, family: 'unknown' }

const speaker = (name: string, answers: readonly string[], more: Record<string, unknown> = {}): Part => {
  const part = assistant(name, replayModel(answers, { delay_ms: 5 }), true)
  return { ...part, config: { ...part.config, description: `The ${name} of the team.`, ...more } }
}

const said = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, at) => `This is what ${name} has to say, for the ${at + 1}. time.`)

const call = (name: string, args: object, id = `call-${name}`) => ({
  finish_reason: 'function_calls',
  content: [{ id, name, arguments: JSON.stringify(args) }],
  usage: { prompt_tokens: 96, completion_tokens: 18 },
  cached: false
})

const named = (part: Part, name: string): Part => ({ ...part, config: { ...part.config, name } })

/** A tool over HTTP that a server of the test answers, or that nobody answers. */
export const httpTool = (name: string, port: number): Part => ({
  provider: 'autogen_ext.tools.http.HttpTool',
  config: {
    ...{ name, description: `Looks up ${name}.`, scheme: 'http', host: '127.0.0.1', port },
    ...{ path: '/tides', method: 'GET', headers: {}, return_type: 'text' },
    json_schema: { type: 'object', properties: { place: { type: 'string' } }, required: ['place'] }
  }
})

const withTools = (
  name: string,
  answers: readonly unknown[],
  tools: Part[],
  more: Record<string, unknown> = {}
): Part => {
  const model = replayModel(answers as string[], { delay_ms: 5, model_info: toolModel as never })
  const part = assistant(name, model)
  return { ...part, config: { ...part.config, tools, reflect_on_tool_use: true, ...more } }
}

const roundOf = (count: number): Part =>
  roundRobin(
    Array.from({ length: count }, (_, at) => {
      const name = `member_${String(at + 1).padStart(2, '0')}`
      return speaker(name, said(name, 3))
    }),
    count + 2
  )

const entry = (answer: unknown) => ({ reason: 'It follows from the plan.', answer })
const ledger = (next: string, instruction: string, isDone = false): string =>
  JSON.stringify({
    is_request_satisfied: entry(isDone),
    is_in_loop: entry(false),
    is_progress_being_made: entry(true),
    next_speaker: entry(next),
    instruction_or_question: entry(instruction)
  })

const magentic = team('MagenticOneGroupChat', {
  participants: [
    speaker('web_surfer', ['The lighthouse was built in 1853.', 'It is 27 metres high.']),
    speaker('coder', ['print(27 * 3.28)'])
  ],
  model_client: replayModel(
    [
      '1. GIVEN OR VERIFIED FACTS: there is a lighthouse.',
      '- Ask web_surfer when it was built.\n- Ask coder for its height in feet.',
      ledger('web_surfer', 'Find out when the lighthouse was built.'),
      ledger('web_surfer', 'Find out how high it is.'),
      ledger('coder', 'Convert 27 metres to feet.'),
      ledger('coder', '', true),
      'It was built in 1853 and is 27 metres, or about 88 feet, high.'
    ],
    { delay_ms: 5 }
  ),
  max_turns: 20
})

const selector = team('SelectorGroupChat', {
  participants: [
    speaker('researcher', said('researcher', 3)),
    speaker('analyst', said('analyst', 3)),
    speaker('writer', said('writer', 3))
  ],
  model_client: replayModel(['researcher', 'analyst', 'researcher', 'writer', 'analyst'], { delay_ms: 5 }),
  ...until(6)
})

const handsOver = (name: string, handoffs: string[], answers: unknown[]): Part =>
  withTools(name, answers, [], { handoffs, reflect_on_tool_use: false })

const swarm = team('Swarm', {
  participants: [
    handsOver('triage', ['refunds', 'flights'], [call('transfer_to_refunds', {}, 'a')]),
    handsOver('refunds', ['triage', 'user'], [call('transfer_to_user', {}, 'b')]),
    handsOver('flights', ['triage', 'user'], ['A flight is booked.'])
  ],
  termination_condition: {
    provider: 'autogen_agentchat.conditions.HandoffTermination',
    config: { target: 'user' }
  }
})

const edge = (target: string, condition: string | null = null) => ({ target, condition })

/** A graph of stages; everybody of a stage is followed by all or some of the next. */
function graphOf(stages: readonly number[]): Part {
  const names = stages.map((count, stage) =>
    Array.from({ length: count }, (_, at) => `s${stage + 1}_${at + 1}`)
  )
  const nodes = Object.fromEntries(
    names.flatMap((stage, at) =>
      stage.map((name, index) => {
        const next = names[at + 1] ?? []
        const targets = next.filter(
          (_, other) => next.length <= 2 || stage.length === 1 || other % stage.length === index
        )
        return [name, { name, edges: targets.map((target) => edge(target)) }]
      })
    )
  )
  const participants = names.flat().map((name) => speaker(name, said(name, 2)))
  return team('GraphFlow', { participants, graph: { nodes, default_start_node: 's1_1' } })
}

const twoAsked = team('GraphFlow', {
  participants: [
    speaker('planner', ['Both of you: is this right?']),
    person('legal'),
    person('finance'),
    speaker('clerk', ['Noted.'])
  ],
  graph: {
    nodes: {
      planner: { name: 'planner', edges: [edge('legal'), edge('finance')] },
      legal: { name: 'legal', edges: [edge('clerk')] },
      finance: { name: 'finance', edges: [edge('clerk')] },
      clerk: { name: 'clerk', edges: [] }
    },
    default_start_node: 'planner'
  }
})

const innermost = named(
  roundRobin([speaker('checker_a', said('checker_a', 4)), speaker('checker_b', said('checker_b', 4))], 3),
  'checks'
)
const middle = named(roundRobin([speaker('critic', said('critic', 4)), innermost], 5), 'review')
const nested = { ...roundRobin([speaker('writer', said('writer', 4)), middle], 12), label: "Writers' room" }

/** A team with a team in it, each with a writer. */
export const namesakes: Part = team('RoundRobinGroupChat', {
  participants: [
    speaker('writer', said('writer', 2)),
    named(
      team('RoundRobinGroupChat', {
        participants: [speaker('critic', said('critic', 1)), speaker('writer', said('inner writer', 1))],
        max_turns: 2
      }),
      'review'
    )
  ],
  max_turns: 3
})

const society = roundRobin(
  [
    {
      provider: 'autogen_agentchat.agents.SocietyOfMindAgent',
      config: {
        name: 'society',
        description: 'Speaks for a team of two.',
        team: roundRobin([speaker('ann', said('ann', 3)), speaker('ben', said('ben', 3))], 3),
        model_client: replayModel(['We have talked about it: both of us agree.'], { delay_ms: 5 })
      }
    },
    speaker('host', said('host', 3))
  ],
  3
)

const MARKDOWN = [
  '## What was found\n\nA table of **tides**, wider than most places for it:\n',
  '| place | high water | low water | range in metres | remarks of the harbour master |\n|---|---|---|---:|---|\n| Cuxhaven | 02:14 | 08:40 | 3.1 | strong wind from the north-west expected |\n| Emden | 01:02 | 07:31 | 3.3 | none |\n',
  '- [x] tables\n- [ ] pictures\n- [x] task boxes\n',
  '```python\ndef tides(place: str) -> list[str]:\n    """High water at a place."""\n    return [time for time in TABLE[place] if time > "02:00"]  # UTC\n```\n',
  'شكرًا لك على السؤال. هذا نص عربي **من اليمين** إلى اليسار.\n\nזה טקסט בעברית, מימין לשמאל.\n',
  '> A quote, and `inline code`, and a [link](https://example.org/).\n'
].join('\n')

/** Kinds of teams as people build them, each with a task. `port` is that of a server that knows the tides. */
export const kinds = (port: number): Kind[] => [
  {
    name: 'round-robin',
    team: {
      ...roundRobin(
        [
          speaker('writer', said('writer', 4)),
          speaker('critic', said('critic', 4)),
          speaker('editor', said('editor', 4))
        ],
        8
      ),
      label: 'Three in turn'
    } as Part,
    task: 'Write a paragraph about the sea.',
    until: 'result'
  },
  { name: 'selector', team: selector, task: 'Find out how tides work, and write it down.', until: 'result' },
  { name: 'swarm', team: swarm, task: 'I want my money back.', until: 'result' },
  {
    name: 'graph',
    team: showTeam(port, 60),
    task: 'What did the lighthouse keeper see?',
    until: 'input_request'
  },
  { name: 'graph-30', team: graphOf([1, 4, 8, 8, 6, 2, 1]), task: 'Plan the whole voyage.', until: 'result' },
  {
    name: 'magentic',
    team: magentic,
    task: 'How old and how high is the lighthouse, in feet?',
    until: 'result'
  },
  { name: 'society', team: society, task: 'Is it worth it?', until: 'result' },
  {
    name: 'nested-3',
    team: nested,
    task: 'Write, have it reviewed, have the review checked.',
    until: 'result'
  },
  { name: 'twenty', team: roundOf(20), task: 'Everybody says one thing.', until: 'result' },
  { name: 'hundred', team: roundOf(100), task: 'Everybody says one thing.', until: 'result' },
  { name: 'two-asked', team: twoAsked, task: 'Is this contract fine?', until: 'input_request' },
  {
    name: 'fails-model',
    team: roundRobin([speaker('writer', said('writer', 2)), speaker('critic', ['Good.'])], 12),
    task: 'Write and improve.',
    until: 'completion'
  },
  {
    name: 'fails-tool',
    team: roundRobin(
      [
        withTools(
          'researcher',
          [call('tide_table', { place: 'Cuxhaven' }), 'I could not look it up.'],
          [httpTool('tide_table', 1)]
        ),
        speaker('writer', said('writer', 2))
      ],
      3
    ),
    task: 'When is high water?',
    until: 'result'
  },
  {
    name: 'fails-load',
    team: roundRobin([speaker('fine', ['a']), { provider: 'somebody.Unknown', config: {} }], 3),
    task: 'Do it.',
    until: 'completion'
  },
  {
    name: 'fails-nested',
    team: roundRobin(
      [
        speaker('writer', said('writer', 4)),
        named(roundRobin([speaker('reader', []), speaker('judge', said('judge', 2))], 4), 'review')
      ],
      12
    ),
    task: 'Write and have it reviewed.',
    until: 'completion'
  },
  {
    name: 'fails-selector',
    team: team('SelectorGroupChat', {
      ...selector.config,
      model_client: replayModel(['researcher'], { delay_ms: 5 })
    }),
    task: 'Find it out.',
    until: 'completion'
  },
  {
    name: 'markdown',
    team: roundRobin([speaker('reporter', [MARKDOWN])], 2),
    task: 'Show all that Markdown can do.',
    until: 'result'
  },
  {
    name: 'tools',
    team: roundRobin(
      [
        withTools(
          'researcher',
          [call('tide_table', { place: 'Cuxhaven' }), 'High water is at **02:14**.'],
          [httpTool('tide_table', port)],
          { memory: [], system_message: 'You look things up, and say where you have them from.' }
        ),
        speaker('writer', said('writer', 2))
      ],
      3
    ),
    task: 'When is high water at Cuxhaven?',
    until: 'result'
  }
]

/** A team that says so many things at once: the longest talk that is looked at. */
export const longTalk = (count: number): Part =>
  roundRobin(
    ['ann', 'ben', 'cem'].map((name) => assistant(name, replayModel(said(name, Math.ceil(count / 3))))),
    count + 1
  )

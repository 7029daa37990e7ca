import { type Part, person, replayModel, roundRobin, team, until } from './some-teams.ts'

/** How many turns these teams take, about. */
export const LONG = 80

const model_info = {
  ...{ vision: false, function_calling: true, json_output: true, structured_output: false },
  family: 'unknown'
}
const model = (chat_completions: unknown[]): Part => ({
  provider: replayModel([]).provider,
  config: { chat_completions, model_info }
})
const agent = (name: string, answers: unknown[], more: Record<string, unknown> = {}): Part => ({
  provider: 'autogen_agentchat.agents.AssistantAgent',
  config: { name, model_client: model(answers), ...more }
})
const said = (name: string, count = 4 * LONG) => Array.from({ length: count }, (_, i) => `${name} ${i}`)
const talker = (name: string) => agent(name, said(name))
const named = (part: Part, name: string): Part => ({ ...part, config: { ...part.config, name } })
const either = (...conditions: Part[]): Part => ({
  provider: 'autogen_agentchat.base.OrTerminationCondition',
  config: { conditions }
})
const condition = (name: string, config: object): Part => ({
  provider: `autogen_agentchat.conditions.${name}`,
  config: { ...config }
})

const hands = (name: string, target: string): Part => {
  const handing = Array.from({ length: LONG }, (_, i) => ({
    finish_reason: 'function_calls',
    content: [{ id: `${name}-${i}`, name: `transfer_to_${target}`, arguments: '{}' }],
    usage: { prompt_tokens: 1, completion_tokens: 1 },
    cached: false
  }))
  // It speaks twice, then hands on.
  const answers = handing.flatMap((call, i) => [`${name} ${i}`, call])
  return agent(name, answers, { handoffs: [target] })
}

const node = (name: string, ...edges: { to: string; says?: string; group?: string }[]) => [
  name,
  {
    name,
    edges: edges.map(({ to, says, group }) => ({
      target: to,
      ...(says && { condition: says }),
      ...(group && { activation_group: group })
    }))
  }
]

const ledger = (next_speaker: string, i: number) => {
  const answered = (answer: unknown) => ({ reason: 'So it is.', answer })
  return JSON.stringify({
    is_request_satisfied: answered(i === LONG),
    is_in_loop: answered(i % 40 === 39),
    is_progress_being_made: answered(i % 3 > 0),
    next_speaker: answered(next_speaker),
    instruction_or_question: answered(`Do step ${i}.`)
  })
}

/** Teams that talk for long, one of each kind. */
export const longTeams: Record<string, Part> = {
  'round robin': roundRobin([talker('ann'), talker('bob'), talker('eve')], LONG),
  'round robin that tells its events': team('RoundRobinGroupChat', {
    participants: [talker('ann'), talker('bob')],
    emit_team_events: true,
    ...until(LONG)
  }),
  'round robin with conditions and a limit of turns': team('RoundRobinGroupChat', {
    participants: [talker('ann'), talker('bob')],
    max_turns: LONG,
    termination_condition: either(
      condition('TextMentionTermination', { text: 'bob 54' }),
      condition('TokenUsageTermination', { max_total_token: 30_000 }),
      condition('TimeoutTermination', { timeout_seconds: 10_000 })
    )
  }),
  'agents that remember little': roundRobin(
    ['ann', 'bob'].map((name) =>
      agent(name, said(name), {
        model_context: {
          provider: 'autogen_core.model_context.BufferedChatCompletionContext',
          config: { buffer_size: 5 }
        }
      })
    ),
    LONG
  ),
  'a person': roundRobin([talker('ann'), person()], LONG),
  selector: team('SelectorGroupChat', {
    participants: [talker('ann'), talker('bob')],
    model_client: model(Array.from({ length: LONG }, (_, i) => (i % 3 === 1 ? 'bob' : 'ann'))),
    allow_repeated_speaker: true,
    emit_team_events: true,
    ...until(LONG)
  }),
  swarm: team('Swarm', { participants: [hands('ann', 'bob'), hands('bob', 'ann')], ...until(LONG) }),
  graph: team('GraphFlow', {
    participants: [...['first', 'left', 'right'].map(talker), agent('last', said('again')), talker('end')],
    graph: {
      nodes: Object.fromEntries([
        node('first', { to: 'left' }, { to: 'right' }),
        node('left', { to: 'last', group: 'in' }),
        node('right', { to: 'last', group: 'in' }),
        node('last', { to: 'first', says: 'again', group: 'back' }, { to: 'end', says: 'enough' }),
        node('end')
      ]),
      default_start_node: 'first'
    },
    ...until(2 * LONG)
  }),
  'magentic-one': team('MagenticOneGroupChat', {
    participants: [talker('ann'), talker('bob')],
    model_client: model([
      'Facts.',
      'A plan.',
      ...Array.from({ length: 2 * LONG }, (_, i) => ledger(i % 2 ? 'ann' : 'bob', i))
    ]),
    max_stalls: 1000,
    max_turns: LONG
  }),
  nested: roundRobin(
    [named(roundRobin([talker('in1'), talker('in2')], 4), 'inner'), talker('ann')],
    LONG * 2
  ),
  society: roundRobin(
    [
      {
        provider: 'autogen_agentchat.agents.SocietyOfMindAgent',
        config: {
          name: 'society',
          team: roundRobin([talker('in1'), talker('in2')], 3),
          model_client: model(said('mind'))
        }
      },
      talker('ann')
    ],
    LONG
  )
}

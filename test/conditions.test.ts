import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  external,
  functional,
  functionCall,
  handoffTo,
  maxMessages,
  type Rule,
  sourceMatch,
  stopMessage,
  type TerminationCondition,
  textMention,
  textMessage,
  timeout,
  tokenUsage
} from '../src/machines/conditions/index.ts'
import type { TeamMessage } from '../src/machines/messages/index.ts'
import { dump, Registry } from '../src/runtime/components/registry.ts'

const common = { id: 'i', models_usage: null, metadata: {}, created_at: '2026-01-01T00:00:00Z' }
const text = (source: string, content = 'Hello.'): TeamMessage => ({
  ...common,
  type: 'TextMessage',
  source,
  content
})
const stop: TeamMessage = { ...common, type: 'StopMessage', source: 'a', content: 'Enough.' }
const thought: TeamMessage = { ...common, type: 'ThoughtEvent', source: 'a', content: 'Hm.' }
const handoff = (target: string): TeamMessage => ({
  ...common,
  type: 'HandoffMessage',
  source: 'a',
  content: 'Yours.',
  target,
  context: []
})
const executed = (name: string): TeamMessage => ({
  ...common,
  type: 'ToolCallExecutionEvent',
  source: 'a',
  content: [{ content: 'no such tool', name, call_id: 'c', is_error: true }]
})
const used = (prompt: number, completion: number): TeamMessage => ({
  ...text('a'),
  models_usage: { prompt_tokens: prompt, completion_tokens: completion }
})

/** Plays turns to a condition, its state going through JSON; gives the turn that stopped it and the reason. */
function play({ rule }: TerminationCondition, turns: TeamMessage[][], seconds = 0): [number, string] | null {
  let state = through(rule, rule.begin(0))
  for (const [turn, messages] of turns.entries()) {
    const verdict = rule.look(state, messages, seconds * 1000)
    if (verdict.stop !== undefined) return [turn, verdict.stop]
    state = through(rule, verdict.state)
  }
  return null
}
// Frozen, because a rule that changes the state it is given would change a snapshot.
const through = <State>(_rule: Rule<State>, state: State): State =>
  JSON.parse(JSON.stringify(state), (_key, value) => Object.freeze(value))

/** What a condition's component form makes when it is loaded again. */
const again = (condition: TerminationCondition): TerminationCondition =>
  new Registry().load(JSON.parse(JSON.stringify(dump(condition))), 'termination')

const cases: [string, TerminationCondition, TeamMessage[][], [number, string] | null][] = [
  [
    'a stop message counts anywhere in a turn',
    stopMessage(),
    [[text('a')], [stop, text('a')]],
    [1, 'Stop message received']
  ],
  [
    'a handoff counts if it is to the target',
    handoffTo('me'),
    [[handoff('b')], [handoff('me')]],
    [1, 'Handoff to me from a detected.']
  ],
  [
    'a source counts with an event too',
    sourceMatch('b', 'a'),
    [[text('user')], [thought]],
    [1, "'a' answered"]
  ],
  [
    'any text message counts where no source is given',
    textMessage(),
    [[stop], [text('user')]],
    [1, "Text message received from 'user'"]
  ],
  [
    'a text message counts of the given source only',
    textMessage({ source: 'b' }),
    [[text('a')], [text('b')]],
    [1, "Text message received from 'b'"]
  ],
  [
    'a function counts once it has a result, an error included',
    functionCall('look_up'),
    [[executed('other')], [executed('look_up')]],
    [1, "Function 'look_up' was executed."]
  ],
  ['events count as messages only where that is asked for', maxMessages(2), [[text('a'), thought]], null],
  [
    'events count as messages where that is asked for',
    maxMessages(2, { includeAgentEvent: true }),
    [[text('a'), thought]],
    [0, 'Maximum number of messages 2 reached, current message count: 2']
  ],
  [
    'a mention counts of the given sources only',
    textMention('END', { sources: ['b'] }),
    [[text('a', 'END')], [text('b', 'THE END')]],
    [1, "Text 'END' mentioned"]
  ],
  [
    'prompt tokens count up over turns',
    tokenUsage({ maxPrompt: 7 }),
    [[used(4, 90)], [used(3, 1)]],
    [
      1,
      'Token usage limit reached, total token count: 98, prompt token count: 7, completion token count: 91.'
    ]
  ],
  [
    'completion tokens have a limit of their own',
    tokenUsage({ maxPrompt: 99, maxCompletion: 5 }),
    [[used(4, 4)], [text('a')], [used(0, 1)]],
    [2, 'Token usage limit reached, total token count: 9, prompt token count: 4, completion token count: 5.']
  ],
  [
    'total tokens are those of prompt and completion',
    tokenUsage({ maxTotal: 9 }),
    [[used(4, 4)], [used(1, 0)]],
    [1, 'Token usage limit reached, total token count: 9, prompt token count: 5, completion token count: 4.']
  ],
  [
    'and gives the reasons in the order in which they came',
    textMention('END').and(maxMessages(2)),
    [[text('a')], [text('a')], [text('b', 'END')]],
    [2, "Maximum number of messages 2 reached, current message count: 2, Text 'END' mentioned"]
  ],
  [
    'and does not ask a condition that has fired again',
    maxMessages(1).and(stopMessage()),
    [[text('a')], [text('a')], [stop]],
    [2, 'Maximum number of messages 1 reached, current message count: 1, Stop message received']
  ],
  [
    'and needs no reason of what was met from the beginning',
    maxMessages(0).and(stopMessage()),
    [[text('a')], [stop]],
    [1, 'Stop message received']
  ],
  [
    'or gives the reasons of one turn in the order of the config',
    sourceMatch('b').or(stopMessage()).or(textMessage()),
    [[stop, text('b')]],
    [0, "'b' answered, Stop message received, Text message received from 'b'"]
  ]
]

describe('a condition stops at the turn, and with the words, that AutoGen does', () => {
  for (const [rule, condition, turns, outcome] of cases) {
    test(rule, () => {
      expect(play(condition, turns)).toEqual(outcome)
      expect(play(again(condition), turns), 'as loaded from its component').toEqual(outcome)
    })
  }
})

describe('a limit of time', () => {
  test('is kept until the very end and fires then', () => {
    expect(play(timeout(1.5), [[text('a')]], 1.499)).toBeNull()
    expect(play(timeout(1.5), [[text('a')]], 1.5)).toEqual([0, 'Timeout of 1.5 seconds reached'])
  })
  test('of nothing fires at the first look', () => {
    expect(play(again(timeout(0)), [[text('a')]])).toEqual([0, 'Timeout of 0.0 seconds reached'])
  })
})

describe('an external condition', () => {
  const asked = ({ rule }: TerminationCondition) =>
    rule.look(JSON.parse(JSON.stringify(rule.set!(rule.begin(0)))), [], 0).stop

  test('stops nothing by itself', () => {
    expect(play(again(external()), [[text('a')], [stop]])).toBeNull()
  })
  test('stops at the next look after it was set, within others too', () => {
    expect(asked(external())).toBe('External termination requested')
    expect(asked(again(maxMessages(5).or(external())))).toBe('External termination requested')
    expect(asked(external().and(timeout(0)))).toBe(
      'External termination requested, Timeout of 0.0 seconds reached'
    )
  })
  test('leaves the state of the others as it is', () => {
    const { rule } = maxMessages(2).or(external())
    const seen = rule.look(rule.begin(0), [text('a')], 0).state
    expect(rule.look(rule.set!(seen), [text('a')], 0).stop).toBe(
      'Maximum number of messages 2 reached, current message count: 2, External termination requested'
    )
  })
})

describe('a functional condition', () => {
  const odd = functional((messages) => messages.at(-1)?.source === 'b')
  test('stops when its function says so of a turn', () => {
    expect(play(odd, [[text('b'), text('a')], [text('b')]])).toEqual([
      1,
      'Functional termination condition met'
    ])
  })
  test('takes nothing but true for a yes', () => {
    expect(play(functional((() => Promise.resolve(true)) as never), [[text('a')]])).toBeNull()
  })
  test('cannot be dumped, within others neither', () => {
    expect(() => dump(odd)).toThrow('cannot be written as JSON')
    expect(() => dump(odd.or(stopMessage()))).toThrow('cannot be written as JSON')
  })
})

describe('a team whose condition is met before it starts', () => {
  const met = ({ rule }: TerminationCondition) => rule.met?.(rule.begin(0)) ?? false
  test('has a limit of 0, or nothing to wait for', () => {
    expect(met(maxMessages(0))).toBe(true)
    expect(met(tokenUsage({ maxTotal: 100, maxCompletion: 0 }))).toBe(true)
    expect(
      met(
        new Registry().load({
          provider: 'autogen_agentchat.base.AndTerminationCondition',
          config: { conditions: [] }
        })
      )
    ).toBe(true)
  })
  test('has not just any condition', () => {
    for (const [, condition] of cases) expect(met(condition)).toBe(false)
    expect(met(maxMessages(0).and(stopMessage()))).toBe(false)
  })
})

test('a token limit without a limit is refused', () => {
  const provider = 'autogen_agentchat.conditions.TokenUsageTermination'
  const refusal =
    'At least one of max_total_token, max_prompt_token, or max_completion_token must be provided'
  expect(() => new Registry().load({ provider, config: { max_total_token: null } })).toThrow(refusal)
  expect(() => tokenUsage({})).toThrow('At least one')
})

test('whatever a condition has seen, its state goes on after a restart as if there had been none', () => {
  const message = fc.constantFrom(
    text('a'),
    text('b', 'END'),
    stop,
    thought,
    handoff('me'),
    executed('f'),
    used(2, 3)
  )
  const leaf = fc.constantFrom(
    maxMessages(3),
    textMention('END'),
    stopMessage(),
    tokenUsage({ maxTotal: 12 }),
    handoffTo('me'),
    timeout(3),
    external(),
    sourceMatch('b'),
    textMessage({ source: 'b' }),
    functionCall('f')
  )
  const { condition } = fc.letrec<{ condition: TerminationCondition }>((tie) => ({
    condition: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => a.and(b)),
      fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => a.or(b))
    )
  }))
  const met = { stopped: 0, wentOn: 0 }
  fc.assert(
    fc.property(
      condition,
      fc.array(fc.array(message, { maxLength: 3 }), { maxLength: 6 }),
      ({ rule }, turns) => {
        let kept = rule.begin(0)
        let restored = through(rule, kept)
        for (const [turn, messages] of turns.entries()) {
          const expected = rule.look(kept, messages, turn * 1000)
          const actual = rule.look(restored, messages, turn * 1000)
          expect(actual).toEqual(expected)
          met[expected.stop === undefined ? 'wentOn' : 'stopped']++
          if (expected.stop !== undefined) return
          kept = expected.state
          restored = through(rule, actual.state)
        }
      }
    ),
    { numRuns: 500 }
  )
  expect(Math.min(met.stopped, met.wentOn)).toBeGreaterThan(50)
})

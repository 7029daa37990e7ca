import { describe, expect, test } from 'vitest'
import { buffered } from '../../src/runtime/contexts/index.ts'
import type { ModelResult } from '../../src/runtime/models/model.ts'
import { mentionedIn } from '../../src/runtime/teams/selector/mentions.ts'
import { SelectorGroupChat, type SelectorOptions } from '../../src/runtime/teams/selector-group-chat.ts'
import { askedModel, text } from '../agents/asked-model.ts'
import { stored, talkers, texts } from './talk.ts'

const selectorPrompt = 'Roles:\n{roles}\nHistory:\n{history}\nPick one of {participants}.'

function teamOf(answers: Partial<ModelResult>[], options: SelectorOptions = {}, info = {}) {
  const { model, asked } = askedModel(answers, info)
  const team = new SelectorGroupChat(talkers('ann', 'bob', 'cat'), model, {
    ...{ selectorPrompt, maxTurns: 2 },
    ...options
  })
  return { team, asked }
}

describe('a team whose speakers are chosen by a model', () => {
  test('tells the model who is there and what was said, the task too', async () => {
    const { team, asked } = teamOf([text('bob'), text('cat')])
    expect(texts(await team.run({ task: 'Go.' }))).toEqual(['Go.', 'bob 1', 'cat 1'])
    const roles = 'ann: ann does things.\nbob: bob does things.\ncat: cat does things.'
    expect(asked.map(({ messages }) => messages)).toEqual([
      [
        {
          type: 'UserMessage',
          source: 'user',
          content: `Roles:\n${roles}\nHistory:\nuser: Go.\n\n\nPick one of ['ann', 'bob', 'cat'].`
        }
      ],
      [
        {
          type: 'UserMessage',
          source: 'user',
          content: `Roles:\n${roles}\nHistory:\nuser: Go.\n\n\nbob: bob 1\n\n\nPick one of ['ann', 'cat'].`
        }
      ]
    ])
  })

  test('says it as the system to models of OpenAI', async () => {
    const { team, asked } = teamOf([text('bob')], { maxTurns: 1 }, { family: 'gpt-4o' })
    await team.run({ task: 'Go.' })
    expect(asked[0]!.messages.map(({ type }) => type)).toEqual(['SystemMessage'])
  })

  test('tells the model what was wrong with its answer', async () => {
    const answers = [text('bob'), text('bob again'), text('ann or cat'), text('Annie'), text('ann')]
    const { team, asked } = teamOf(answers, { maxSelectorAttempts: 4 })
    await team.run({ task: 'Go.' })
    const corrections = asked.at(-1)!.messages.filter((_, i) => i > 0 && i % 2 === 0)
    expect(corrections.map(({ content }) => content)).toEqual([
      "Repeated speaker is not allowed, please select a different name from: ['ann', 'cat'].",
      "Expected exactly one name to be mentioned. Please select only one from: ['ann', 'cat'].",
      "No valid name was mentioned. Please select from: ['ann', 'cat']."
    ])
  })

  test('shows the model only what its context lets through', async () => {
    const { team, asked } = teamOf([text('bob'), text('cat')], { modelContext: buffered(1) })
    await team.run({ task: 'Go.' })
    expect(asked[1]!.messages[0]!.content).toContain('History:\nbob: bob 1\n\n\nPick')
  })

  test('shows the choosing where team events are shown', async () => {
    const { team } = teamOf([text('bob')], {
      ...{ maxTurns: 1, emitTeamEvents: true },
      modelClientStreaming: true
    })
    const seen: string[] = []
    for await (const item of team.runStream({ task: 'Go.' }))
      if (item.type !== 'TaskResult') seen.push(`${item.type} of ${item.source}: ${JSON.stringify(item)}`)
    expect(seen.map((line) => line.split(':')[0])).toEqual([
      'TextMessage of user',
      ...Array(3).fill('ModelClientStreamingChunkEvent of SelectorGroupChatManager'),
      'SelectorEvent of SelectorGroupChatManager',
      'SelectSpeakerEvent of SelectorGroupChatManager',
      'TextMessage of bob'
    ])
    expect(JSON.stringify(team.saveState())).not.toMatch(/SelectorEvent|SelectSpeakerEvent/)
  })

  test('asks functions first; the model is asked where they leave it open', async () => {
    const { team, asked } = teamOf([text('cat')], {
      maxTurns: 3,
      selectorFunc: async (thread) => (thread.at(-1)!.source === 'user' ? 'bob' : null),
      candidateFunc: (thread) => (thread.at(-1)!.source === 'bob' ? ['ann', 'cat'] : ['ann'])
    })
    expect(texts(await team.run({ task: 'Go.' }))).toEqual(['Go.', 'bob 1', 'cat 1', 'ann 1'])
    expect(asked).toHaveLength(1)
    expect(asked[0]!.messages[0]!.content).toContain("Pick one of ['ann', 'cat'].")
  })

  test('ends with an error where a function names somebody who is not there, or nobody', async () => {
    const stranger = teamOf([], { selectorFunc: () => 'eve' }).team
    await expect(stranger.run({ task: 'Go.' })).rejects.toThrow('invalid speaker name: eve')
    const nobody = teamOf([], { candidateFunc: () => [] }).team
    await expect(nobody.run({ task: 'Go.' })).rejects.toThrow('non-empty list')
  })

  test('remembers whom it chose last, also in a saved state', async () => {
    const { team } = teamOf([text('bob')], { maxTurns: 1 })
    await team.run({ task: 'Go.' })
    const { team: after, asked } = teamOf([text('bob'), text('ann')], { maxTurns: 1 })
    after.loadState(stored(team.saveState()))
    expect(texts(await after.run()).at(-1)).toBe('ann 1')
    expect(asked).toHaveLength(2)
  })

  test('refuses a prompt with a field that there is not, before anybody speaks', async () => {
    const { team, asked } = teamOf([text('bob')], { selectorPrompt: 'Pick {somebody}.' })
    await expect(team.run({ task: 'Go.' })).rejects.toThrow('somebody')
    expect(asked).toEqual([])
  })

  test('ends when it is cancelled while the model thinks', async () => {
    const { model } = askedModel([])
    const team = new SelectorGroupChat(
      talkers('ann', 'bob', 'cat'),
      {
        ...model,
        create: (_request, { signal }) =>
          new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      },
      { maxTurns: 3 }
    )
    const stop = AbortSignal.timeout(20)
    const { messages } = await team.run({ task: 'Go.', signal: stop })
    expect(texts({ messages })).toEqual(['Go.'])
  })
})

describe('a name is mentioned', () => {
  const names = ['writer', 'story_writer', 'a+b']
  for (const [answer, found] of [
    ['writer', ['writer']],
    ['The writer.', ['writer']],
    ['"writer", I think', ['writer']],
    ['rewriter, writers', []],
    ['Writer', []],
    ['story_writer', ['story_writer']],
    ['story\\_writer', ['story_writer']],
    ['story writer', ['writer', 'story_writer']],
    ['\u00e9writer', []],
    ['a+b, aab', ['a+b']]
  ] as const) {
    test(`in ${JSON.stringify(answer)}: ${found.join(' and ') || 'none'}`, () => {
      expect(mentionedIn(answer, names)).toEqual(found)
    })
  }
})

import { expect } from 'vitest'
import type { GroupChatInput, TeamDefinition } from '../../../src/machines/group-chat.ts'
import type { Selector } from '../../../src/machines/teams/selector.ts'
import { Alone } from '../../support/alone.ts'
import { machines } from '../../support/machines.ts'
import type { Scenes } from '../../support/scenes.ts'

/** All speak at once. */
const together: Selector<number> = {
  begin: () => 0,
  next: (state, names) => ({ state: state + 1, speakers: [...names] })
}
const alternate: Selector<number> = {
  begin: () => 0,
  next: (state, names) => ({ state: state + 1, speakers: [names[state % names.length]!] })
}
const asks: Selector<number> = {
  choice: 'selectorChoice',
  begin: () => 0,
  next: (state) => ({ state, ask: true })
}

const children = ['participant', 'selectorChoice', 'magenticChoice']
const names = ['ann', 'bob']

function chat(selector: Selector<number>, input: Partial<GroupChatInput> = {}, maxTurns = 2): Alone {
  const participants = names.map((name) => ({ name, opening: 'askModel' as const }))
  const team: TeamDefinition = { names, participants, selector, condition: null, maxTurns }
  const progress = { turn: 0, selector: 0, condition: null, speakers: [] }
  const rest = { path: 'team', task: null, showTask: true, now: 0, progress }
  return new Alone(machines.groupChat, { ...rest, team: () => team, ...input }, children)
}

const said = (name: string) => ({ type: 'said', name, messages: [], heard: [], at: 7 })
const told = (manager: Alone) => manager.told.map(({ type }) => type)
const outcome = (manager: Alone) => (manager.output as { outcome: unknown }).outcome
const chosen = { type: 'chosen', state: 1, speakers: ['bob'], at: 7 }

/** What the chart of a group chat does with what it is told. */
export const groupChatScenes: Scenes = {
  'welcomes all, selects a speaker and asks that one only': () => {
    const manager = chat(alternate)
    expect([manager.state, manager.children]).toEqual(['speaking', names])
    expect([manager.heard('ann'), manager.heard('bob')]).toEqual([['speak'], []])
    expect(manager.child('ann').input).toEqual({ name: 'ann', opening: 'askModel', path: 'team/ann' })
  },

  'goes from turn to turn until there were enough': () => {
    const manager = chat(alternate)
    manager.child('ann').tell(said('ann'))
    expect([manager.state, manager.heard('bob')]).toEqual(['speaking', ['speak']])
    manager.child('bob').tell(said('bob'))
    expect([manager.state, outcome(manager)]).toEqual([
      'stopped',
      { stop: 'Maximum number of turns 2 reached.' }
    ])
    expect(manager.children).toEqual([])
  },

  'ends a turn of several with the last of them': () => {
    const manager = chat(together, {}, 1)
    expect([manager.heard('ann'), manager.heard('bob')]).toEqual([['speak'], ['speak']])
    manager.child('bob').tell(said('bob'))
    expect(manager.state).toBe('speaking')
    manager.child('ann').tell(said('ann'))
    expect(manager.state).toBe('stopped')
  },

  'fails with the first failure': () => {
    const manager = chat(together)
    manager.child('bob').tell({ type: 'failed', name: 'bob', failure: { message: 'No credit.' } })
    expect([manager.state, outcome(manager)]).toEqual(['stopped', { failure: { message: 'No credit.' } }])
    expect(manager.children).toEqual([])
  },

  'tells that it waits when all who speak wait, and that it goes on when one does not any more': () => {
    const manager = chat(together)
    manager.child('ann').tell({ type: 'asked', name: 'ann' })
    expect(told(manager)).toEqual([])
    manager.child('bob').tell({ type: 'asked', name: 'bob' })
    expect(told(manager)).toEqual(['waiting'])
    manager.child('ann').tell({ type: 'answered', name: 'ann' })
    expect(told(manager)).toEqual(['waiting', 'going'])
    manager.child('ann').tell(said('ann'))
    expect(told(manager)).toEqual(['waiting', 'going', 'waiting'])
  },

  'hands pause and resume to all, and selects nobody in between': () => {
    const manager = chat(alternate).send('pause')
    manager.child('ann').tell(said('ann'))
    expect([manager.state, manager.heard('ann'), manager.heard('bob')]).toEqual([
      'paused',
      ['speak', 'pause'],
      ['pause']
    ])
    manager.send('resume')
    expect([manager.state, manager.heard('bob')]).toEqual(['speaking', ['pause', 'resume', 'speak']])
  },

  'goes on with those who have not spoken when a pause is over': () => {
    const manager = chat(together).send('pause')
    manager.child('ann').tell(said('ann'))
    manager.send('resume')
    expect([manager.state, manager.heard('bob')]).toEqual(['speaking', ['speak', 'pause', 'resume']])
  },

  'consults its choice, and asks who is chosen': () => {
    const manager = chat(asks)
    expect([manager.state, manager.children]).toEqual(['selecting.running', [...names, 'choice']])
    manager.child('choice').tell(chosen)
    expect([manager.state, manager.children]).toEqual(['speaking', names])
    expect([manager.heard('ann'), manager.heard('bob')]).toEqual([[], ['speak']])
  },

  'hands pause and resume to its choice as well': () => {
    const manager = chat(asks).send('pause')
    expect(manager.state).toBe('selecting.paused')
    manager.send('resume')
    expect(manager.state).toBe('selecting.running')
    const [choice, ann] = [manager.heard('choice').slice(-2), manager.heard('ann')]
    expect([choice, ann]).toEqual([
      ['pause', 'resume'],
      ['pause', 'resume']
    ])
  },

  'asks who is chosen in a pause, who is paused too, and stays paused': () => {
    const manager = chat(asks).send('pause')
    manager.child('choice').tell(chosen)
    expect([manager.state, manager.heard('bob')]).toEqual(['paused', ['pause', 'speak']])
    manager.send('resume')
    expect([manager.state, manager.heard('bob')]).toEqual(['speaking', ['pause', 'speak', 'resume']])
  },

  'gives up once all who speak have: by a word, a failure, or what they say': () => {
    for (const last of [{ type: 'cancelled', name: 'bob' }, { type: 'failed', name: 'bob' }, said('bob')]) {
      const manager = chat(together).send('cancel')
      expect([manager.state, manager.heard('ann')]).toEqual(['cancelling', ['speak', 'cancel']])
      manager.child('ann').tell({ type: 'cancelled', name: 'ann' })
      expect(manager.state).toBe('cancelling')
      manager.child('bob').tell(last)
      expect([manager.state, outcome(manager)]).toEqual(['stopped', { cancelled: true }])
    }
  },

  'gives up at once where nobody speaks': () => {
    const manager = chat(asks).send('cancel')
    expect([manager.state, outcome(manager), manager.children]).toEqual(['stopped', { cancelled: true }, []])
  },

  'finishes after the turn where somebody has asked for that': () => {
    const manager = chat(alternate).send({ type: 'finish', reason: 'Enough.' })
    manager.child('ann').tell(said('ann'))
    expect([manager.state, outcome(manager)]).toEqual(['stopped', { stop: 'Enough.', by: 'request' }])
  },

  'finishes at once where somebody asks for that in a pause between two turns': () => {
    const held = chat(alternate).send('pause').send({ type: 'finish', reason: 'Enough.' })
    expect(held.state).toBe('paused')
    const between = chat(alternate).send('pause')
    between.child('ann').tell(said('ann'))
    between.send({ type: 'finish', reason: 'Enough.' })
    expect([between.state, outcome(between)]).toEqual(['stopped', { stop: 'Enough.', by: 'request' }])
    const over = chat(alternate, {}, 1).send('pause')
    over.child('ann').tell(said('ann'))
    over.send({ type: 'finish', reason: 'Enough.' })
    expect([over.state, outcome(over)]).toEqual(['stopped', { stop: 'Maximum number of turns 1 reached.' }])
  }
}

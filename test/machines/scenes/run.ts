import { expect } from 'vitest'
import type { TeamProgress } from '../../../src/machines/group-chat.ts'
import type { Outcome } from '../../../src/machines/shared/outcome.ts'
import { Alone } from '../../support/alone.ts'
import { machines } from '../../support/machines.ts'
import type { Scenes } from '../../support/scenes.ts'

const progress: TeamProgress = { turn: 1, selector: 0, condition: null, speakers: [] }
const created = () =>
  new Alone(machines.run, { grace: 50, team: () => ({ path: 'team' }) }, ['open', 'alarm', 'groupChat'])

const starting = () => created().send('start')

function running() {
  const run = starting()
  run.child('open').tell({ type: 'opened' })
  return run
}

const ended = (outcome: Outcome) => ({
  type: 'xstate.done.actor.team',
  actorId: 'team',
  output: { outcome, progress }
})

const ends = (state: string, outcome: Outcome): Scenes[string] => {
  return () => {
    const run = running()
    run.child('team').tell(ended(outcome))
    expect([run.state, run.output]).toEqual([state, { outcome, progress }])
    expect(run.children).toEqual([])
  }
}

/** What the chart of a run does with what it is told. */
export const runScenes: Scenes = {
  'does nothing before it is started': () => {
    const run = created()
    for (const event of ['pause', 'resume', 'waiting', 'rang']) run.send(event)
    expect([run.state, run.children]).toEqual(['created', []])
  },

  'is cancelled before its start without being opened': () => {
    const run = created().send('cancel')
    expect([run.state, run.children]).toEqual(['cancelled', []])
    expect(run.output).toEqual({ outcome: { cancelled: true }, progress: null })
  },

  'raises its team once it is open, and not before': () => {
    const run = starting()
    expect([run.state, run.children]).toEqual(['starting', ['open']])
    run.child('open').tell({ type: 'opened' })
    expect([run.state, run.children]).toEqual(['running.active', ['team']])
    expect(run.child('team').input).toEqual({ path: 'team' })
  },

  'fails with the reason where it cannot be opened': () => {
    const run = starting()
    run.child('open').tell({ type: 'refused', failure: { message: 'No team.', type: 'NoTeam' } })
    const outcome = { failure: { message: 'No team.', type: 'NoTeam' } }
    expect([run.state, run.output]).toEqual(['failed', { outcome, progress: null }])
  },

  'is cancelled while it opens without raising a team': () => {
    const run = starting().send('cancel')
    expect([run.state, run.children]).toEqual(['cancelled', []])
    expect(run.output).toEqual({ outcome: { cancelled: true }, progress: null })
  },

  'is completed when its team stops': ends('completed', { stop: 'Done.' }),
  'fails when its team fails': ends('failed', { failure: { message: 'No credit.' } }),

  'fails when its team breaks': () => {
    const run = running()
    run.child('team').tell({ type: 'xstate.error.actor.team', error: new TypeError('Broken.') })
    const outcome = { failure: { message: 'Broken.', type: 'TypeError' } }
    expect([run.state, run.output]).toEqual(['failed', { outcome, progress: null }])
  },

  'awaits input while its team waits for a person': () => {
    const run = running()
    run.child('team').tell({ type: 'waiting' })
    expect(run.state).toBe('running.awaitingInput')
    run.child('team').tell({ type: 'going' })
    expect(run.state).toBe('running.active')
  },

  'hands pause and resume to its team, whether or not that waits for a person': () => {
    const run = running().send('pause')
    expect([run.state, run.heard('team')]).toEqual(['running.paused', ['pause']])
    run.send('pause').send('resume')
    expect([run.state, run.heard('team')]).toEqual(['running.active', ['pause', 'resume']])
    run.child('team').tell({ type: 'waiting' })
    run.send('pause')
    expect([run.state, run.heard('team')]).toEqual(['running.paused', ['pause', 'resume', 'pause']])
    run.child('team').tell({ type: 'going' })
    expect(run.state).toBe('running.paused')
  },

  'hands the wish to finish to its team, even in a pause': () => {
    const run = running().send({ type: 'finish', reason: 'Enough.' })
    run.send('pause').send({ type: 'finish', reason: 'At last.' })
    expect(run.child('team').heard).toEqual([
      { type: 'finish', reason: 'Enough.' },
      { type: 'pause' },
      { type: 'finish', reason: 'At last.' }
    ])
  },

  'hands a cancel to its team and waits for it, for as long as its grace': () => {
    for (const before of [[], ['pause'], ['waiting']]) {
      const run = running()
      for (const event of before) run.send(event)
      run.send('cancel')
      expect([run.state, run.heard('team').at(-1)]).toEqual(['cancelling', 'cancel'])
      expect(run.child('alarm').input).toEqual({ after: 50 })
    }
  },

  'is cancelled with what the team remembers when that gives up in time': () => {
    const run = running().send('cancel')
    run.child('team').tell(ended({ cancelled: true }))
    expect([run.state, run.children]).toEqual(['cancelled', []])
    expect(run.output).toEqual({ outcome: { cancelled: true }, progress })
  },

  'leaves a team behind that does not give up in time': () => {
    const run = running().send('cancel')
    run.child('alarm').tell({ type: 'rang' })
    expect([run.state, run.children]).toEqual(['cancelled', []])
    expect(run.output).toEqual({ outcome: { cancelled: true }, progress: null })
  }
}

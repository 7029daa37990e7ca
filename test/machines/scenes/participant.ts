import { expect } from 'vitest'
import { Alone } from '../../support/alone.ts'
import { machines } from '../../support/machines.ts'
import type { Scenes } from '../../support/scenes.ts'

const states = {
  recall: 'recalling',
  askModel: 'askingModel',
  runTools: 'runningTools',
  reflect: 'reflecting',
  work: 'working'
} as const

const named = (opening: string) =>
  new Alone(machines.participant, { name: 'ann', path: 'team/ann', opening }, ['turn', 'groupChat'])
const speaking = (opening = 'askModel') => named(opening).send('speak')
const told = (participant: Alone) => participant.told.map(({ type, name }) => `${name}: ${type}`)

const said = { type: 'said', messages: [], heard: [], at: 7 }
const broke = { type: 'broke', failure: { message: 'No credit.' } }

const doing = ([step, state]: [string, string]): Scenes => ({
  [`is ${state} when a turn begins with "${step}", or comes to it`]: () => {
    const first = speaking(step)
    expect([first.state, first.heard('turn')]).toEqual([`responding.${state}`, ['proceed']])
    const later = speaking(step === 'work' ? 'recall' : 'work')
    later.child('turn').tell({ type: 'wants', step })
    expect([later.state, later.heard('turn')]).toEqual([`responding.${state}`, ['proceed', 'proceed']])
  },
  [`is held by a pause while it is ${state}`]: () => {
    const ann = speaking(step).send('pause')
    expect([ann.state, ann.heard('turn')]).toEqual(['responding.pausing', ['proceed', 'pause']])
    ann.child('turn').tell({ type: 'wants', step })
    expect([ann.state, ann.heard('turn')]).toEqual(['responding.paused', ['proceed', 'pause']])
    ann.send('resume')
    expect([ann.state, ann.heard('turn')]).toEqual([`responding.${state}`, ['proceed', 'pause', 'proceed']])
  }
})

const lead = { type: 'lead', input: { path: 'team/ann' } }
const output = { outcome: { stop: 'Done.' } }
const done = { type: 'xstate.done.actor.team', output }
const broken = { type: 'xstate.error.actor.team', error: new Error('Broken.') }

function leading() {
  const ann = speaking('lead')
  ann.child('turn').tell(lead)
  return ann
}

/** What the chart of a participant does with what it is told. */
export const participantScenes: Scenes = {
  'listens until it is asked to speak': () => {
    const ann = named('askModel')
    expect([ann.state, ann.heard('turn')]).toEqual(['listening', []])
    expect(ann.child('turn').input).toEqual({ path: 'team/ann' })
    ann.send('speak')
    expect(ann.state).toBe('responding.askingModel')
    expect(ann.child('turn').heard).toEqual([{ type: 'proceed', again: false }])
  },

  'tells its turn when it is asked to speak again, also in a pause': () => {
    const again = { type: 'speak', again: true }
    for (const ann of [named('work').send(again), named('work').send('pause').send(again).send('resume')])
      expect(ann.child('turn').heard).toEqual([{ type: 'proceed', again: true }])
  },

  ...Object.assign({}, ...Object.entries(states).map(doing)),

  'tells its manager what it says, and listens again': () => {
    const ann = speaking()
    ann.child('turn').tell(said)
    expect([ann.state, ann.told]).toEqual(['listening', [{ ...said, name: 'ann' }]])
  },

  'tells its manager that its turn failed, and why': () => {
    const ann = speaking()
    ann.child('turn').tell(broke)
    const failed = { type: 'failed', name: 'ann', failure: { message: 'No credit.' } }
    expect([ann.state, ann.told]).toEqual(['listening', [failed]])
  },

  'tells its manager when it waits for a person, and when not any more': () => {
    const ann = speaking('askPerson')
    expect([ann.state, told(ann)]).toEqual(['responding.awaitingInput', ['ann: asked']])
    ann.child('turn').tell({ type: 'answer', content: 'Yes.' })
    expect(ann.child('turn').heard.slice(1)).toEqual([{ type: 'answer', content: 'Yes.' }])
    ann.child('turn').tell({ type: 'wants', step: 'askModel' })
    expect([ann.state, told(ann)]).toEqual(['responding.askingModel', ['ann: asked', 'ann: answered']])
  },

  'waits for approval of a tool call as for any answer, also in a pause': () => {
    const ann = speaking()
    ann.child('turn').tell({ type: 'wants', step: 'askApproval' })
    expect([ann.state, told(ann)]).toEqual(['responding.awaitingApproval', ['ann: asked']])
    ann.send('pause')
    expect([ann.state, told(ann)]).toEqual(['responding.paused', ['ann: asked', 'ann: answered']])
    const yes = { type: 'answer', requestId: '1', decision: { approved: true } }
    ann.child('turn').tell(yes)
    expect(ann.child('turn').heard.at(-1)).toEqual(yes)
    expect(ann.heard('turn')).toEqual(['proceed', 'proceed', 'pause', 'answer'])
    ann.send('resume')
    expect(ann.state).toBe('responding.awaitingApproval')
    ann.child('turn').tell(yes)
    expect(ann.child('turn').heard.at(-1)).toEqual(yes)
    ann.child('turn').tell({ type: 'wants', step: 'runTools' })
    expect([ann.state, told(ann).at(-1)]).toEqual(['responding.runningTools', 'ann: answered'])
  },

  'waits no more for a person in a pause, takes an answer in it, and waits again after it': () => {
    const ann = speaking('askPerson').send('pause')
    expect([ann.state, told(ann)]).toEqual(['responding.paused', ['ann: asked', 'ann: answered']])
    ann.child('turn').tell({ type: 'answer', content: 'Yes.' })
    expect(ann.heard('turn')).toEqual(['proceed', 'pause', 'answer'])
    ann.send('resume')
    expect(ann.state).toBe('responding.awaitingInput')
    expect(told(ann)).toEqual(['ann: asked', 'ann: answered', 'ann: asked'])
  },

  'remembers in a pause what its turn wants next': () => {
    const ann = speaking('askPerson').send('pause')
    ann.child('turn').tell({ type: 'wants', step: 'reflect' })
    expect([ann.state, ann.heard('turn')]).toEqual(['responding.paused', ['proceed', 'pause']])
    ann.send('resume')
    expect(ann.state).toBe('responding.reflecting')
  },

  'goes on with its call when a pause is over before that': () => {
    const ann = speaking().send('pause').send('resume')
    expect([ann.state, ann.heard('turn')]).toEqual([
      'responding.askingModel',
      ['proceed', 'pause', 'proceed']
    ])
  },

  'is paused when its turn ends in a pause, and listens after it': () => {
    for (const step of ['askModel', 'askPerson']) {
      const ann = speaking(step).send('pause')
      ann.child('turn').tell(said)
      expect([ann.state, told(ann).at(-1)]).toEqual(['paused', 'ann: said'])
      expect(ann.send('resume').state).toBe('listening')
    }
  },

  'fails in a pause as at any time': () => {
    for (const step of ['askModel', 'askPerson']) {
      const ann = speaking(step).send('pause')
      ann.child('turn').tell(broke)
      expect([ann.state, told(ann).at(-1)]).toEqual(['listening', 'ann: failed'])
    }
  },

  'is held when it is asked to speak in a pause': () => {
    const ann = named('askModel').send('pause')
    expect(ann.state).toBe('paused')
    ann.send('speak')
    expect([ann.state, ann.heard('turn')]).toEqual(['responding.paused', []])
    ann.send('resume')
    expect([ann.state, ann.heard('turn')]).toEqual(['responding.askingModel', ['proceed']])
  },

  'tells its turn to end when it is cancelled, and its manager when it has, however it ended': () => {
    for (const end of [said, broke]) {
      const ann = speaking().send('cancel')
      expect([ann.state, ann.heard('turn')]).toEqual(['responding.cancelling', ['proceed', 'cancel']])
      ann.child('turn').tell(end)
      expect([ann.state, told(ann)]).toEqual(['listening', ['ann: cancelled']])
    }
  },

  'leads a team: raises it, hands pause and resume to it, and tells its turn how it ended': () => {
    const ann = speaking('lead')
    expect([ann.state, ann.children]).toEqual(['responding.leadingTeam.opening', ['turn']])
    ann.child('turn').tell(lead)
    expect([ann.state, ann.children]).toEqual(['responding.leadingTeam.running', ['turn', 'team']])
    expect(ann.child('team').input).toEqual({ path: 'team/ann' })
    ann.send('pause')
    expect([ann.state, ann.heard('team')]).toEqual(['responding.leadingTeam.paused', ['pause']])
    ann.send('resume')
    expect([ann.state, ann.heard('team')]).toEqual(['responding.leadingTeam.running', ['pause', 'resume']])
    ann.child('team').tell(done)
    expect(ann.state).toBe('responding.leadingTeam.opening')
    expect(ann.child('turn').heard.at(-1)).toEqual({ type: 'led', output })
    ann.child('turn').tell(said)
    expect([ann.state, ann.children]).toEqual(['listening', ['turn']])
  },

  'tells its turn when the team that it leads breaks': () => {
    const ann = leading()
    ann.child('team').tell(broken)
    expect(ann.state).toBe('responding.leadingTeam.opening')
    expect(ann.child('turn').heard.at(-1)).toEqual({ type: 'led', error: broken.error })
  },

  'waits for a person while the team that it leads does': () => {
    const ann = leading()
    ann.child('team').tell({ type: 'waiting' })
    ann.child('team').tell({ type: 'going' })
    expect(told(ann)).toEqual(['ann: asked', 'ann: answered'])
  },

  'waits for a person while one is asked in a tool': () => {
    const ann = speaking('runTools')
    ann.child('turn').tell({ type: 'waiting' })
    expect([ann.state, told(ann)]).toEqual(['responding.runningTools', ['ann: asked']])
    ann.child('turn').tell({ type: 'going' })
    expect(told(ann)).toEqual(['ann: asked', 'ann: answered'])
  },

  'holds its turn where the team that it leads ends in a pause': () => {
    for (const end of [done, broken]) {
      const ann = leading().send('pause')
      ann.child('team').tell(end)
      expect([ann.state, ann.heard('turn')]).toEqual(['responding.pausing', ['proceed', 'led', 'pause']])
      ann.child('turn').tell({ type: 'wants', step: 'reflect' })
      expect(ann.state).toBe('responding.paused')
    }
  },

  'holds its turn in a pause where there is no team yet, or not any more': () => {
    const ann = speaking('lead').send('pause')
    expect([ann.state, ann.heard('turn')]).toEqual(['responding.pausing', ['proceed', 'pause']])
    const bob = leading()
    bob.child('team').tell(done)
    bob.send('pause')
    expect([bob.state, bob.heard('turn')]).toEqual(['responding.pausing', ['proceed', 'led', 'pause']])
  }
}

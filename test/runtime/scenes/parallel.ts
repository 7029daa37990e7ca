import { Rehearsal } from '../../support/rehearsal.ts'
import type { Scenes } from '../../support/scenes.ts'

/** All speak at once, round after round. */
const together = {
  begin: () => null,
  next: (_: null, speakers: readonly string[]) => ({ state: null, speakers: [...speakers] })
}

const person = { steps: ['askPerson'] } as const
const trio = (it: Rehearsal) =>
  it.team([it.player('ann', person), it.player('bob', person)], { selector: together, maxTurns: 1 })
const pair = (it: Rehearsal) =>
  it.team([it.player('ann', person), it.player('writer')], { selector: together, maxTurns: 1 })

const both = {
  run: 'running.active',
  manager: 'speaking',
  ann: 'responding.awaitingInput',
  writer: 'responding.askingModel'
}

/** What the charts say of a team in which several speak at once. */
export const parallelScenes: Scenes = {
  'a run is active while one speaker works and another waits for a person': async () => {
    const it = new Rehearsal()
    it.start(pair(it))
    await it.comesTo(both)
    await it.rests(both, 'ann: askPerson', 'writer: askModel')
  },

  'a run awaits input once all who still speak wait for a person': async () => {
    const it = new Rehearsal()
    it.start(pair(it))
    await it.comesTo(both)
    await it.does('writer', 'A draft.')
    await it.comesTo({ ...both, run: 'running.awaitingInput', writer: 'listening' })
    await it.answers('Good.')
    await it.ends({ stop: 'Maximum number of turns 1 reached.' })
    it.hasSaid('writer: A draft.', 'ann: Good.')
  },

  'a run awaits input when all speakers wait for a person, until all are answered': async () => {
    const it = new Rehearsal()
    it.start(trio(it))
    const waiting = { manager: 'speaking', ann: 'responding.awaitingInput', bob: 'responding.awaitingInput' }
    await it.comesTo({ run: 'running.awaitingInput', ...waiting })
    await it.answers('One.')
    await it.comesTo({ run: 'running.awaitingInput', ...waiting, ann: 'listening' })
    await it.answers('Two.')
    await it.ends({ stop: 'Maximum number of turns 1 reached.' })
    it.hasSaid('ann: One.', 'bob: Two.')
  },

  'a run is active again when one of those who waited goes on working': async () => {
    const it = new Rehearsal()
    const ann = it.player('ann', { steps: ['askPerson', 'askModel'] })
    it.start(it.team([ann, it.player('bob', person)], { selector: together }))
    const waiting = { manager: 'speaking', ann: 'responding.awaitingInput', bob: 'responding.awaitingInput' }
    await it.comesTo({ run: 'running.awaitingInput', ...waiting })
    await it.answers('One.')
    await it.comesTo({ run: 'running.active', ...waiting, ann: 'responding.askingModel' })
  },

  'a turn of several is over when the last of them has spoken': async () => {
    const it = new Rehearsal()
    it.start(it.team([it.player('writer'), it.player('critic')], { selector: together, maxTurns: 2 }))
    await it.begins('writer: askModel', 'critic: askModel')
    await it.does('critic', 'Good.')
    const states = { run: 'running.active', manager: 'speaking' }
    await it.rests(
      { ...states, writer: 'responding.askingModel', critic: 'listening' },
      'writer: askModel',
      'critic: askModel'
    )
    await it.does('writer', 'A draft.')
    await it.comesTo({ ...states, writer: 'responding.askingModel', critic: 'responding.askingModel' })
    it.hasSaid('critic: Good.', 'writer: A draft.')
  },

  'those who speak at once are paused together, and each goes on where it stood': async () => {
    const it = new Rehearsal()
    const writer = it.player('writer', { steps: ['askModel', 'reflect'] })
    it.start(it.team([it.player('ann', person), writer], { selector: together, maxTurns: 1 }))
    await it.comesTo(both)
    it.send('pause')
    await it.does('writer')
    await it.rests(
      { run: 'running.paused', manager: 'paused', ann: 'responding.paused', writer: 'responding.paused' },
      'ann: askPerson',
      'writer: askModel'
    )
    it.send('resume')
    await it.comesTo({ ...both, writer: 'responding.reflecting' })
    await it.begins('ann: askPerson', 'writer: askModel', 'writer: reflect')
  },

  'what one of several says in a pause is kept, and the others go on after it': async () => {
    const it = new Rehearsal()
    it.start(pair(it))
    await it.comesTo(both)
    it.send('pause')
    await it.does('writer', 'A draft.')
    await it.rests(
      { run: 'running.paused', manager: 'paused', ann: 'responding.paused', writer: 'paused' },
      'ann: askPerson',
      'writer: askModel'
    )
    it.send('resume')
    await it.comesTo({ ...both, run: 'running.awaitingInput', writer: 'listening' })
    await it.answers('Good.')
    await it.ends({ stop: 'Maximum number of turns 1 reached.' })
    it.hasSaid('writer: A draft.', 'ann: Good.')
  },

  'who is selected twice speaks twice in the turn, the second time after a pause': async () => {
    const it = new Rehearsal()
    const selector = { begin: () => null, next: () => ({ state: null, speakers: ['writer', 'writer'] }) }
    it.start(it.team([it.player('writer')], { selector, maxTurns: 1 }))
    await it.begins('writer: askModel')
    it.send('pause')
    await it.does('writer', 'One.')
    const paused = { run: 'running.paused', manager: 'paused', writer: 'responding.paused' }
    await it.rests(paused, 'writer: askModel')
    it.send('resume')
    await it.begins('writer: askModel', 'writer: askModel')
    await it.does('writer', 'Two.')
    await it.ends({ stop: 'Maximum number of turns 1 reached.' })
    it.hasSaid('writer: One.', 'writer: Two.')
  },

  'an error of one of several ends the run, and the others are told to end': async () => {
    const it = new Rehearsal()
    it.start(it.team([it.player('writer'), it.player('critic')], { selector: together }))
    await it.begins('writer: askModel', 'critic: askModel')
    await it.fails('critic', 'No credit.')
    await it.ends({ failure: { message: 'No credit.' } })
    if (!it.aborted('writer')) throw new Error('The other goes on')
  },

  'a selector that cannot take what one of several says ends the run, and the others are told to end':
    async () => {
      const it = new Rehearsal()
      const hear = () => {
        throw new Error('Unheard of.')
      }
      it.start(it.team([it.player('writer'), it.player('critic')], { selector: { ...together, hear } }), null)
      await it.begins('writer: askModel', 'critic: askModel')
      await it.does('critic')
      await it.ends({ failure: { message: 'Unheard of.' } })
      if (!it.aborted('writer')) throw new Error('The other goes on')
    },

  'a cancelled run waits for all who speak': async () => {
    const it = new Rehearsal()
    const stubborn = it.player('critic', { stubborn: true })
    it.start(it.team([it.player('writer'), stubborn], { selector: together }))
    await it.begins('writer: askModel', 'critic: askModel')
    it.send('cancel')
    await it.rests(
      { run: 'cancelling', manager: 'cancelling', writer: 'listening', critic: 'responding.cancelling' },
      'writer: askModel',
      'critic: askModel'
    )
    await it.does('critic', 'Too late.')
    await it.ends({ cancelled: true })
    it.hasSaid()
  }
}

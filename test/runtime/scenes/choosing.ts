import { Rehearsal } from '../../support/rehearsal.ts'
import type { Scenes } from '../../support/scenes.ts'

const choosing = {
  run: 'running.active',
  manager: 'selecting.running',
  choice: 'asking',
  writer: 'listening',
  critic: 'listening'
}
const held = {
  run: 'running.paused',
  manager: 'selecting.paused',
  choice: 'pausing',
  writer: 'paused',
  critic: 'paused'
}

const cast = (it: Rehearsal) => [it.player('writer'), it.player('critic')]

const steps = {
  gatherFacts: 'gatheringFacts',
  plan: 'planning',
  updateLedger: 'updatingLedger',
  refreshFacts: 'stalled',
  answer: 'answering'
} as const

/** What the charts say of a team whose next speaker is chosen by a model. */
export const choosingScenes: Scenes = {
  'while a model chooses who speaks the manager is choosing, and the choice is asking': async () => {
    const it = new Rehearsal()
    it.start(it.team(cast(it), it.chooser()))
    await it.comesTo(choosing)
    await it.rests(choosing, 'chooser: ask')
  },

  'a model that is asked again is asked in a state of its own': async () => {
    const it = new Rehearsal()
    it.start(it.team(cast(it), it.chooser('selectorChoice', ['ask', 'askAgain'])))
    await it.begins('chooser: ask')
    await it.does('chooser')
    await it.comesTo({ ...choosing, choice: 'askingAgain' })
    await it.begins('chooser: ask', 'chooser: askAgain')
  },

  'each thought of an orchestrator is a state of its choice': async () => {
    const it = new Rehearsal()
    it.start(it.team(cast(it), it.chooser('magenticChoice', Object.keys(steps) as (keyof typeof steps)[])))
    for (const state of Object.values(steps)) {
      await it.comesTo({ ...choosing, choice: state })
      await it.does('chooser', 'critic')
    }
    await it.begins(...Object.keys(steps).map((step) => `chooser: ${step}`), 'critic: askModel')
  },

  'who is chosen speaks': async () => {
    const it = new Rehearsal()
    it.start(it.team(cast(it), it.chooser()))
    await it.begins('chooser: ask')
    await it.does('chooser', 'critic')
    const speaking = { manager: 'speaking', writer: 'listening', critic: 'responding.askingModel' }
    await it.comesTo({ run: 'running.active', ...speaking })
    await it.does('critic')
    await it.comesTo(choosing)
  },

  'a choice may end the run, and names nobody then': async () => {
    const it = new Rehearsal()
    it.start(it.team(cast(it), { ...it.chooser(), emitTeamEvents: true }))
    await it.does('chooser', { state: 1, speakers: [], stop: 'All is said.' })
    await it.ends({ stop: 'All is said.' })
    it.hasSaid()
  },

  'a choice that fails, fails the run': async () => {
    const it = new Rehearsal()
    it.start(it.team(cast(it), it.chooser()))
    await it.begins('chooser: ask')
    await it.fails('chooser', 'No such name.')
    await it.ends({ failure: { message: 'No such name.' } })
  },

  'a choice is held by a pause before its next question, and goes on after it': async () => {
    const it = new Rehearsal()
    it.start(it.team(cast(it), it.chooser('selectorChoice', ['ask', 'askAgain'])))
    await it.comesTo(choosing)
    it.send('pause')
    it.hasStates(held)
    await it.does('chooser')
    await it.rests({ ...held, choice: 'paused' }, 'chooser: ask')
    it.send('resume')
    await it.comesTo({ ...choosing, choice: 'askingAgain' })
    await it.does('chooser', 'critic')
    await it.begins('chooser: ask', 'chooser: askAgain', 'critic: askModel')
  },

  'the thoughts of an orchestrator are held by a pause': async () => {
    for (const step of Object.keys(steps) as (keyof typeof steps)[]) {
      const it = new Rehearsal()
      it.start(it.team(cast(it), it.chooser('magenticChoice', [step, 'plan'])))
      await it.begins(`chooser: ${step}`)
      it.send('pause')
      await it.does('chooser')
      await it.rests({ ...held, choice: 'paused' }, `chooser: ${step}`)
      it.send('resume')
      await it.begins(`chooser: ${step}`, 'chooser: plan')
    }
  },

  'a choice that is resumed before its call has ended goes on with that call': async () => {
    for (const kind of ['selectorChoice', 'magenticChoice'] as const) {
      const it = new Rehearsal()
      const step = kind === 'selectorChoice' ? 'ask' : 'updateLedger'
      it.start(it.team(cast(it), it.chooser(kind, [step, step])))
      await it.begins(`chooser: ${step}`)
      const states = it.states()
      it.send('pause')
      it.send('resume')
      await it.rests(states, `chooser: ${step}`)
      await it.does('chooser')
      await it.begins(`chooser: ${step}`, `chooser: ${step}`)
    }
  },

  'who is chosen in a pause begins when it is over': async () => {
    const it = new Rehearsal()
    it.start(it.team(cast(it), it.chooser()))
    await it.begins('chooser: ask')
    it.send('pause')
    await it.does('chooser', 'critic')
    const states = { run: 'running.paused', manager: 'paused', writer: 'paused', critic: 'responding.paused' }
    await it.rests(states, 'chooser: ask')
    it.send('resume')
    await it.begins('chooser: ask', 'critic: askModel')
    await it.does('critic', 'Good.')
    await it.begins('chooser: ask', 'critic: askModel', 'chooser: ask')
    await it.does('chooser', 'writer')
    await it.begins('chooser: ask', 'critic: askModel', 'chooser: ask', 'writer: askModel')
  },

  'a choice that ends the run in a pause ends it when the pause is over, and names nobody': async () => {
    const it = new Rehearsal()
    it.start(it.team(cast(it), { ...it.chooser(), emitTeamEvents: true }))
    await it.begins('chooser: ask')
    it.send('pause')
    await it.does('chooser', { state: 1, speakers: [], stop: 'All is said.' })
    const states = { run: 'running.paused', manager: 'paused', writer: 'paused', critic: 'paused' }
    await it.rests(states, 'chooser: ask')
    it.send('resume')
    await it.ends({ stop: 'All is said.' })
    it.hasSaid()
  },

  'a choice that fails in a pause fails the run': async () => {
    const it = new Rehearsal()
    it.start(it.team(cast(it), it.chooser('magenticChoice', ['plan'])))
    await it.begins('chooser: plan')
    it.send('pause')
    await it.fails('chooser', 'No plan.')
    await it.ends({ failure: { message: 'No plan.' } })
  }
}

import { expect } from 'vitest'
import { Rehearsal } from '../../support/rehearsal.ts'
import { type Scenes, settle } from '../../support/scenes.ts'

const asking = {
  run: 'running.active',
  manager: 'speaking',
  writer: 'responding.askingModel',
  critic: 'listening'
}
const pausing = { run: 'running.paused', manager: 'paused', writer: 'responding.pausing', critic: 'paused' }
const paused = { ...pausing, writer: 'responding.paused' }

const duet = (it: Rehearsal) =>
  it.team([it.player('writer', { steps: ['askModel', 'runTools', 'reflect'] }), it.player('critic')])

const pausesIn = (step: 'recall' | 'askModel' | 'runTools' | 'reflect' | 'work'): Scenes => ({
  [`a run that is paused in the step "${step}" holds before the next [RUN-15]`]: async () => {
    const it = new Rehearsal()
    it.start(it.team([it.player('writer', { steps: [step, 'runTools'] }), it.player('critic')]))
    await it.begins(`writer: ${step}`)
    it.send('pause')
    it.hasStates(pausing)
    await it.does('writer')
    await it.rests(paused, `writer: ${step}`)
    it.send('resume')
    await it.comesTo({ ...asking, writer: 'responding.runningTools' })
    await it.begins(`writer: ${step}`, 'writer: runTools')
  }
})

/** What the charts say of a run that is paused. */
export const pauseScenes: Scenes = {
  ...pausesIn('recall'),
  ...pausesIn('askModel'),
  ...pausesIn('runTools'),
  ...pausesIn('reflect'),
  ...pausesIn('work'),

  'a run that is resumed before its call has ended goes on with that call': async () => {
    const it = new Rehearsal()
    it.start(duet(it))
    await it.comesTo(asking)
    it.send('pause')
    it.send('resume')
    await it.rests(asking, 'writer: askModel')
    await it.does('writer')
    await it.comesTo({ ...asking, writer: 'responding.runningTools' })
  },

  'a run that is paused and resumed at every step does each of them once [RUN-16]': async () => {
    const it = new Rehearsal()
    it.start(duet(it))
    const steps = ['writer: askModel', 'writer: runTools', 'writer: reflect', 'critic: askModel']
    for (const index of steps.keys()) {
      await it.begins(...steps.slice(0, index + 1))
      it.send('pause')
      await settle()
      await it.does(steps[index]!.split(':')[0]!, `Answer ${index}.`)
      await settle()
      await it.begins(...steps.slice(0, index + 1))
      it.send('resume')
    }
    await it.begins(...steps, 'writer: askModel')
    it.hasSaid('writer: Answer 2.', 'critic: Answer 3.')
  },

  'a turn that ends in a pause is heard, and nobody speaks before the pause is over': async () => {
    const it = new Rehearsal()
    it.start(it.team([it.player('writer'), it.player('critic')]))
    await it.comesTo(asking)
    it.send('pause')
    await it.does('writer', 'A draft.')
    await it.rests({ ...pausing, writer: 'paused' }, 'writer: askModel')
    it.hasSaid('writer: A draft.')
    it.send('resume')
    await it.comesTo({ ...asking, writer: 'listening', critic: 'responding.askingModel' })
    await it.does('critic')
    await it.comesTo(asking)
  },

  'a last turn that ends in a pause ends the run when the pause is over': async () => {
    const it = new Rehearsal()
    it.start(it.team([it.player('writer'), it.player('critic')], { maxTurns: 1 }))
    await it.comesTo(asking)
    it.send('pause')
    await it.does('writer', 'A draft.')
    await it.rests({ ...pausing, writer: 'paused' }, 'writer: askModel')
    it.send('resume')
    await it.ends({ stop: 'Maximum number of turns 1 reached.' })
  },

  'a call that fails in a pause fails the run': async () => {
    const it = new Rehearsal()
    it.start(duet(it))
    await it.comesTo(asking)
    it.send('pause')
    await it.fails('writer', 'No credit.')
    await it.ends({ failure: { message: 'No credit.' } })
  },

  'a paused run that is asked to finish ends after the turn that was held': async () => {
    const it = new Rehearsal()
    it.start(it.team([it.player('writer'), it.player('critic')]))
    await it.comesTo(asking)
    it.send('pause')
    it.send({ type: 'finish', reason: 'Enough.' })
    await it.rests(pausing, 'writer: askModel')
    it.send('resume')
    await it.does('writer')
    await it.ends({ stop: 'Enough.', by: 'request' })
  },

  // In a busy process a step is taken a moment after the chart has entered the state for it.
  'a call that had no time to begin before a pause does not begin in it': async () => {
    const it = new Rehearsal()
    it.hold()
    it.start(duet(it))
    await moment()
    it.hasStates(asking)
    it.send('pause')
    await it.rests(paused)
    it.send('resume')
    await it.comesTo(asking)
    await it.begins('writer: askModel')
  },

  'a later call that had no time to begin before a pause does not begin in it': async () => {
    const it = new Rehearsal()
    it.start(duet(it))
    await it.begins('writer: askModel')
    it.hold()
    await it.does('writer')
    await moment()
    it.hasStates({ ...asking, writer: 'responding.runningTools' })
    it.send('pause')
    await it.rests(paused, 'writer: askModel')
    it.send('resume')
    await it.begins('writer: askModel', 'writer: runTools')
  },

  'a call that had no time to begin begins once when the pause is over at once': async () => {
    const it = new Rehearsal()
    it.hold()
    it.start(duet(it))
    await moment()
    it.send('pause')
    it.send('resume')
    await it.rests(asking, 'writer: askModel')
  },

  'tools that wait until what led to them is stored do not begin in a pause [LOG-3] [RUN-15]': async () => {
    const it = new Rehearsal()
    it.storesSlowly()
    it.start(it.team([it.player('writer', { steps: ['runTools'] }), it.player('critic')]))
    const running = { ...asking, writer: 'responding.runningTools' }
    await it.comesTo(running)
    it.send('pause')
    it.stores?.()
    await it.rests(paused)
    it.send('resume')
    await it.comesTo(running)
    await it.begins('writer: runTools')
  },

  'a person is asked in the moment in which it is told that one is, however much there is to do':
    async () => {
      const it = new Rehearsal()
      it.hold()
      it.start(it.team([it.player('boss', { steps: ['askPerson'] })]))
      await moment()
      expect(it.begun).toEqual(['boss: askPerson'])
      it.send('pause')
      const paused = { run: 'running.paused', manager: 'paused', boss: 'responding.paused' }
      await it.rests(paused, 'boss: askPerson')
    }
}

/** Lets promises settle, but no new turn of the event loop begin. */
async function moment(): Promise<void> {
  for (let i = 0; i < 30; i++) await null
}

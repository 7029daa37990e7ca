import { Rehearsal } from '../../support/rehearsal.ts'
import type { Scenes } from '../../support/scenes.ts'

const person = { steps: ['askPerson'] } as const

/** What the charts say of a run that waits for a person. */
export const personScenes: Scenes = {
  'a run whose speaker waits for a person awaits input, and goes on with the answer': async () => {
    const it = new Rehearsal()
    it.start(it.team([it.player('boss', person), it.player('writer')]))
    const waiting = {
      run: 'running.awaitingInput',
      manager: 'speaking',
      boss: 'responding.awaitingInput',
      writer: 'listening'
    }
    await it.comesTo(waiting)
    await it.rests(waiting, 'boss: askPerson')
    await it.answers('Write.')
    await it.comesTo({
      run: 'running.active',
      manager: 'speaking',
      boss: 'listening',
      writer: 'responding.askingModel'
    })
    it.hasSaid('boss: Write.')
  },

  'a person may be asked in the middle of a turn': async () => {
    const it = new Rehearsal()
    it.start(it.team([it.player('boss', { steps: ['askModel', 'askPerson', 'askModel'] })]))
    await it.begins('boss: askModel')
    await it.does('boss')
    await it.comesTo({ run: 'running.awaitingInput', manager: 'speaking', boss: 'responding.awaitingInput' })
    await it.answers('Go on.')
    await it.comesTo({ run: 'running.active', manager: 'speaking', boss: 'responding.askingModel' })
    await it.begins('boss: askModel', 'boss: askPerson', 'boss: askModel')
  },

  'a run that is paused while it waits for a person is paused, and waits again after it': async () => {
    const it = new Rehearsal()
    it.start(it.team([it.player('boss', person)], { maxTurns: 1 }))
    const waiting = { run: 'running.awaitingInput', manager: 'speaking', boss: 'responding.awaitingInput' }
    await it.comesTo(waiting)
    it.send('pause')
    await it.rests({ run: 'running.paused', manager: 'paused', boss: 'responding.paused' }, 'boss: askPerson')
    it.send('resume')
    await it.rests(waiting, 'boss: askPerson')
    await it.answers('Go on.')
    await it.ends({ stop: 'Maximum number of turns 1 reached.' })
    it.hasSaid('boss: Go on.')
  },

  'an answer that comes in a pause is kept, and the turn ends with it': async () => {
    const it = new Rehearsal()
    it.start(it.team([it.player('boss', person), it.player('writer')]))
    await it.comesTo({
      run: 'running.awaitingInput',
      manager: 'speaking',
      boss: 'responding.awaitingInput',
      writer: 'listening'
    })
    it.send('pause')
    await it.answers('Write.')
    await it.rests(
      { run: 'running.paused', manager: 'paused', boss: 'paused', writer: 'paused' },
      'boss: askPerson'
    )
    it.hasSaid('boss: Write.')
    it.send('resume')
    await it.begins('boss: askPerson', 'writer: askModel')
  },

  'an answer that comes in a pause begins nothing before the pause is over': async () => {
    const it = new Rehearsal()
    it.start(it.team([it.player('boss', { steps: ['askPerson', 'runTools'] })]))
    await it.comesTo({ run: 'running.awaitingInput', manager: 'speaking', boss: 'responding.awaitingInput' })
    it.send('pause')
    await it.answers('Do it.')
    await it.rests({ run: 'running.paused', manager: 'paused', boss: 'responding.paused' }, 'boss: askPerson')
    it.send('resume')
    await it.comesTo({ run: 'running.active', manager: 'speaking', boss: 'responding.runningTools' })
    await it.begins('boss: askPerson', 'boss: runTools')
  }
}

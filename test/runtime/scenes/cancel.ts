import { Rehearsal } from '../../support/rehearsal.ts'
import { type Scenes, settle } from '../../support/scenes.ts'

const cancelled = { cancelled: true } as const

/** A way to bring a run somewhere, to cancel it there. */
type Road = (it: Rehearsal) => Promise<unknown>

const roads: Record<string, Road> = {
  'is starting': async (it) => it.start(it.team([it.player('writer')])),
  'asks a model': async (it) => {
    it.start(it.team([it.player('writer'), it.player('critic')]))
    await it.begins('writer: askModel')
  },
  'waits for a person': async (it) => {
    it.start(it.team([it.player('boss', { steps: ['askPerson'] })]))
    await it.begins('boss: askPerson')
  },
  'is paused in a call': async (it) => {
    it.start(it.team([it.player('writer'), it.player('critic')]))
    await it.begins('writer: askModel')
    it.send('pause')
  },
  'is paused between two calls': async (it) => {
    it.start(it.team([it.player('writer', { steps: ['askModel', 'reflect'] })]))
    await it.begins('writer: askModel')
    it.send('pause')
    await it.does('writer')
    await it.comesTo({ run: 'running.paused', manager: 'paused', writer: 'responding.paused' })
  },
  'is paused between two turns': async (it) => {
    it.start(it.team([it.player('writer')]))
    await it.begins('writer: askModel')
    it.send('pause')
    await it.does('writer')
    await it.comesTo({ run: 'running.paused', manager: 'paused', writer: 'paused' })
  },
  'is paused while it waits for a person': async (it) => {
    it.start(it.team([it.player('boss', { steps: ['askPerson'] })]))
    await it.begins('boss: askPerson')
    it.send('pause')
  },
  'has a speaker chosen': async (it) => {
    it.start(it.team([it.player('writer')], it.chooser()))
    await it.begins('chooser: ask')
  },
  'is paused while a speaker is chosen': async (it) => {
    it.start(it.team([it.player('writer')], it.chooser()))
    await it.begins('chooser: ask')
    it.send('pause')
  },
  'waits for a model in a nested team': async (it) => {
    it.start(it.team([it.team([it.player('writer')], { name: 'inner' })]))
    await it.begins('writer: askModel')
  },
  'waits for a person in a nested team': async (it) => {
    it.start(it.team([it.team([it.player('boss', { steps: ['askPerson'] })], { name: 'inner' })]))
    await it.begins('boss: askPerson')
  },
  'is paused in a nested team': async (it) => {
    it.start(it.team([it.team([it.player('writer')], { name: 'inner' })]))
    await it.begins('writer: askModel')
    it.send('pause')
  },
  'waits for two at once': async (it) => {
    const selector = { begin: () => 0, next: () => ({ state: 0, speakers: ['boss', 'writer'] }) }
    it.start(it.team([it.player('boss', { steps: ['askPerson'] }), it.player('writer')], { selector }))
    await it.begins('boss: askPerson', 'writer: askModel')
  }
}

const cancels = ([name, road]: [string, Road]): Scenes => ({
  [`a run that ${name} is cancelled at once, and nothing of it is left [RUN-10]`]: async () => {
    const it = new Rehearsal()
    await road(it)
    it.states()
    const { length } = it.deeds
    it.send('cancel')
    await it.ends(cancelled)
    await settle()
    if (it.deeds.length > length) throw new Error(`${it.begun.at(-1)} began after the run was cancelled`)
  }
})

/** What the charts say of a run that is cancelled. */
export const cancelScenes: Scenes = {
  ...Object.assign({}, ...Object.entries(roads).map(cancels)),

  'a model that obeys its signal ends a cancelled run before its grace is over': async () => {
    const it = new Rehearsal()
    it.start(it.team([it.player('writer'), it.player('critic')]))
    await it.begins('writer: askModel')
    it.send('cancel')
    it.hasStates({
      run: 'cancelling',
      manager: 'cancelling',
      writer: 'responding.cancelling',
      critic: 'listening'
    })
    await it.ends(cancelled)
    if (it.progress?.turn !== 0) throw new Error('What the team remembers was lost')
  },

  'a model that ignores its signal keeps a cancelled run for its grace and no longer': async () => {
    const it = new Rehearsal()
    it.start(it.team([it.player('writer', { stubborn: true })]))
    await it.begins('writer: askModel')
    it.send('cancel')
    it.clock.pass(49)
    await it.rests(
      { run: 'cancelling', manager: 'cancelling', writer: 'responding.cancelling' },
      'writer: askModel'
    )
    it.clock.pass(1)
    await it.ends(cancelled)
    await it.does('writer', 'Too late.')
    await settle()
    it.hasSaid()
  },

  'what a cancelled model answers within the grace is not said': async () => {
    const it = new Rehearsal()
    it.start(it.team([it.player('writer', { stubborn: true, steps: ['askModel', 'reflect'] })]))
    await it.begins('writer: askModel')
    it.send('cancel')
    await it.does('writer', 'Too late.')
    await it.ends(cancelled)
    it.hasSaid()
    await it.begins('writer: askModel')
  },

  'a paused call that ignores its signal keeps a cancelled run for its grace': async () => {
    const it = new Rehearsal()
    it.start(it.team([it.player('writer', { stubborn: true })]))
    await it.begins('writer: askModel')
    it.send('pause')
    it.send('cancel')
    await it.rests(
      { run: 'cancelling', manager: 'cancelling', writer: 'responding.cancelling' },
      'writer: askModel'
    )
    it.clock.pass(50)
    await it.ends(cancelled)
  },

  'tools that wait until what led to them is stored do not begin once the run is cancelled [LOG-3]':
    async () => {
      const it = new Rehearsal()
      it.storesSlowly()
      it.start(it.team([it.player('writer', { steps: ['runTools'] })]))
      await it.comesTo({ run: 'running.active', manager: 'speaking', writer: 'responding.runningTools' })
      it.send('cancel')
      it.stores?.()
      await it.ends(cancelled)
      await settle()
      await it.begins()
    },

  'a speaker that is cancelled by what it shows begins nothing more': async () => {
    const it = new Rehearsal({ message: ({ type }) => type === 'ThoughtEvent' && it.send('cancel') })
    const thinker = it.improviser('thinker', 'askModel', function* (turn) {
      yield* it.act('thinker', 'askModel')
      turn.show({ type: 'ThoughtEvent', source: 'thinker', content: 'Hm.' })
      yield* it.act('thinker', 'runTools')
      return turn.reply({ type: 'TextMessage', source: 'thinker', content: 'Done.' })
    })
    it.start(it.team([thinker]))
    await it.begins('thinker: askModel')
    await it.does('thinker')
    await it.ends(cancelled)
    await it.begins('thinker: askModel')
  },

  'a run that is cancelled by the choice of a speaker who answers at once ends in order': async () => {
    const it = new Rehearsal({
      message: ({ type }) => type === 'SelectSpeakerEvent' && turns++ && it.send('cancel')
    })
    let turns = 0
    const team = it.team([it.player('writer'), it.player('parrot', { steps: [] })], { emitTeamEvents: true })
    it.start(team)
    await it.begins('writer: askModel')
    await it.does('writer')
    await it.ends(cancelled)
    if (!it.progress) throw new Error('The run was given up')
  },

  'a run that is cancelled by the choice of a speaker who fails at once ends in order': async () => {
    const it = new Rehearsal({
      message: ({ type }) => type === 'SelectSpeakerEvent' && turns++ && it.send('cancel')
    })
    let turns = 0
    // biome-ignore lint/correctness/useYield: it does not come to its first word
    const broken = it.improviser('broken', 'askModel', function* () {
      throw new Error('Broken.')
    })
    it.start(it.team([it.player('writer'), broken], { emitTeamEvents: true }))
    await it.begins('writer: askModel')
    await it.does('writer')
    await it.ends(cancelled)
    if (!it.progress) throw new Error('The run was given up')
  }
}

import { Rehearsal, stopsWhen } from '../../support/rehearsal.ts'
import { quietly, type Scenes, settle } from '../../support/scenes.ts'

const inside = { 'inner.manager': 'speaking', 'inner.boss': 'responding.awaitingInput' }
const outside = { manager: 'speaking', inner: 'responding.leadingTeam.running', critic: 'listening' }
const pausedOutside = {
  run: 'running.paused',
  manager: 'paused',
  inner: 'responding.leadingTeam.paused',
  critic: 'paused'
}

const nest = (it: Rehearsal, step: 'askPerson' | 'askModel', turns = 1) => {
  const inner = it.team([it.player('boss', { steps: [step] })], { name: 'inner', maxTurns: turns })
  return it.team([inner, it.player('critic')])
}

/** A team whose manager breaks. */
function broken(it: Rehearsal) {
  const agent = it.improviser('broken', 'work', () => {
    throw new Error('Broken.')
  })
  return it.team([agent], { name: 'inner' })
}

/** An agent that leads a team and copes with its failure. */
const leader = (it: Rehearsal, inner: ReturnType<typeof broken>) =>
  it.improviser('leader', 'lead', function* (turn) {
    let problem = 'none'
    try {
      yield { step: 'lead', perform: (call) => call.runTeam(inner, []) }
    } catch (error) {
      problem = (error as Error).message
      yield* it.act('leader', 'reflect')
    }
    return turn.reply({ type: 'TextMessage', source: 'leader', content: `Problem: ${problem}` })
  })

/** What the charts say of a team inside a team. */
export const nestedScenes: Scenes = {
  'while a nested team works its place in the outer team is leading, and each inside has its state':
    async () => {
      const it = new Rehearsal()
      it.start(nest(it, 'askModel'))
      const states = { run: 'running.active', ...outside, ...inside, 'inner.boss': 'responding.askingModel' }
      await it.comesTo(states)
      await it.rests(states, 'boss: askModel')
    },

  'a run awaits input when a nested team does, and goes on when that does': async () => {
    const it = new Rehearsal()
    it.start(nest(it, 'askPerson', 2))
    await it.comesTo({ run: 'running.awaitingInput', ...outside, ...inside })
    await it.answers('Once.')
    await it.begins('boss: askPerson', 'boss: askPerson')
    await it.comesTo({ run: 'running.awaitingInput', ...outside, ...inside })
    await it.answers('Twice.')
    const speaking = { manager: 'speaking', inner: 'listening', critic: 'responding.askingModel' }
    await it.comesTo({ run: 'running.active', ...speaking })
    it.hasSaid('boss: Once.', 'boss: Twice.')
  },

  'a person inside a nested team who was answered does not keep the run waiting': async () => {
    const it = new Rehearsal()
    const inner = it.team([it.player('boss', { steps: ['askPerson', 'askModel'] })], { name: 'inner' })
    it.start(it.team([inner]))
    await it.begins('boss: askPerson')
    await it.answers('Go on.')
    await it.comesTo({
      run: 'running.active',
      manager: 'speaking',
      inner: 'responding.leadingTeam.running',
      'inner.manager': 'speaking',
      'inner.boss': 'responding.askingModel'
    })
  },

  'a pause reaches inside a nested team, and so does its end': async () => {
    const it = new Rehearsal()
    it.start(nest(it, 'askModel', 2))
    await it.begins('boss: askModel')
    it.send('pause')
    it.hasStates({ ...pausedOutside, 'inner.manager': 'paused', 'inner.boss': 'responding.pausing' })
    await it.does('boss', 'Once.')
    await it.rests({ ...pausedOutside, 'inner.manager': 'paused', 'inner.boss': 'paused' }, 'boss: askModel')
    it.send('resume')
    const states = { run: 'running.active', ...outside, ...inside, 'inner.boss': 'responding.askingModel' }
    await it.comesTo(states)
    await it.does('boss', 'Twice.')
    await it.begins('boss: askModel', 'boss: askModel', 'critic: askModel')
  },

  'a run that is paused while a nested team awaits input awaits it again afterwards': async () => {
    const it = new Rehearsal()
    it.start(nest(it, 'askPerson'))
    await it.comesTo({ run: 'running.awaitingInput', ...outside, ...inside })
    it.send('pause')
    const paused = { 'inner.manager': 'paused', 'inner.boss': 'responding.paused' }
    await it.rests({ ...pausedOutside, ...paused }, 'boss: askPerson')
    it.send('resume')
    await it.rests({ run: 'running.awaitingInput', ...outside, ...inside }, 'boss: askPerson')
  },

  'a nested team that had no time to begin before a pause begins after it': async () => {
    const it = new Rehearsal()
    it.hold()
    it.start(nest(it, 'askModel'))
    for (let i = 0; i < 30; i++) await null
    it.hasStates({ run: 'running.active', ...outside, inner: 'responding.leadingTeam.opening' })
    it.send('pause')
    await it.rests({ run: 'running.paused', manager: 'paused', inner: 'responding.paused', critic: 'paused' })
    it.send('resume')
    await it.begins('boss: askModel')
  },

  'a pause may come when a nested team has just ended': async () => {
    const it = new Rehearsal()
    it.start(nest(it, 'askModel'))
    await it.does('boss')
    for (let i = 0; i < 30 && it.states()['inner.manager'] === 'speaking'; i++) await null
    const ended = { 'inner.manager': 'stopped', 'inner.boss': 'listening' }
    it.hasStates({ run: 'running.active', ...outside, inner: 'responding.leadingTeam.opening', ...ended })
    it.send('pause')
    const paused = { run: 'running.paused', manager: 'paused', inner: 'paused', critic: 'paused' }
    await it.rests(paused, 'boss: askModel')
    it.send('resume')
    await it.begins('boss: askModel', 'critic: askModel')
  },

  'a nested team that ends at once is over at once, however busy the process is': async () => {
    for (const busy of [false, true]) {
      const it = new Rehearsal()
      const inner = it.team([it.player('boss')], {
        name: 'inner',
        terminationCondition: stopsWhen(() => 'Said and done.')
      })
      if (busy) it.hold()
      it.start(it.team([inner, it.player('critic')]))
      await it.begins('critic: askModel')
    }
  },

  'what fails in a nested team fails the run': async () => {
    const it = new Rehearsal()
    it.start(nest(it, 'askModel'))
    await it.begins('boss: askModel')
    await it.fails('boss', 'No credit.')
    await it.ends({ failure: { message: 'No credit.' } })
  },

  'an agent that leads a team hears how it fails, and may go on': async () => {
    const it = new Rehearsal()
    it.start(it.team([leader(it, it.team([it.player('boss')], { name: 'inner' }))], { maxTurns: 1 }))
    await it.begins('boss: askModel')
    await it.fails('boss', 'No credit.')
    await it.begins('boss: askModel', 'leader: reflect')
    await it.does('leader')
    await it.ends({ stop: 'Maximum number of turns 1 reached.' })
    it.hasSaid('leader: Problem: No credit.')
  },

  'an agent that leads a team hears how its manager breaks, and may go on': () =>
    quietly(async () => {
      const it = new Rehearsal()
      it.start(it.team([leader(it, broken(it))], { maxTurns: 1 }))
      await it.does('leader')
      await it.ends({ stop: 'Maximum number of turns 1 reached.' })
      it.hasSaid('leader: Problem: Broken.')
    }),

  'an agent whose team fails in a pause begins nothing before the pause is over': async () => {
    const it = new Rehearsal()
    it.start(it.team([leader(it, it.team([it.player('boss')], { name: 'inner' }))], { maxTurns: 1 }))
    await it.begins('boss: askModel')
    it.send('pause')
    await it.fails('boss', 'No credit.')
    await it.rests(
      { run: 'running.paused', manager: 'paused', leader: 'responding.paused' },
      'boss: askModel'
    )
    it.send('resume')
    await it.begins('boss: askModel', 'leader: reflect')
  },

  'an agent that speaks when its team has failed in a pause is paused': async () => {
    const it = new Rehearsal()
    const inner = it.team([it.player('boss')], { name: 'inner' })
    const leading = it.improviser('leader', 'lead', function* (turn) {
      try {
        yield { step: 'lead', perform: (call) => call.runTeam(inner, []) }
      } catch {}
      return turn.reply({ type: 'TextMessage', source: 'leader', content: 'It failed.' })
    })
    it.start(it.team([leading]))
    await it.begins('boss: askModel')
    it.send('pause')
    await it.fails('boss', 'No credit.')
    await it.rests({ run: 'running.paused', manager: 'paused', leader: 'paused' }, 'boss: askModel')
    it.send('resume')
    await it.begins('boss: askModel', 'boss: askModel')
  },

  'a cancelled run tells the calls inside a nested team to end': async () => {
    const it = new Rehearsal()
    it.start(nest(it, 'askModel'))
    await it.begins('boss: askModel')
    it.send('cancel')
    await settle()
    if (!it.aborted('boss')) throw new Error('The call goes on')
    await it.ends({ cancelled: true })
  }
}

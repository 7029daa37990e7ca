import { expect } from 'vitest'
import { wait } from '../../../src/runtime/contract/agent.ts'
import { Rehearsal, stopsWhen } from '../../support/rehearsal.ts'
import { quietly, type Scenes } from '../../support/scenes.ts'

const doing = {
  recall: 'recalling',
  askModel: 'askingModel',
  runTools: 'runningTools',
  reflect: 'reflecting',
  work: 'working'
} as const

const opens = (step: keyof typeof doing, state: string): Scenes => ({
  [`while its first step is "${step}" an agent is ${state}`]: async () => {
    const it = new Rehearsal()
    it.start(it.team([it.player('writer', { steps: [step] }), it.player('critic')]))
    const states = { manager: 'speaking', writer: `responding.${state}`, critic: 'listening' }
    await it.comesTo({ run: 'running.active', ...states })
    await it.rests({ run: 'running.active', ...states }, `writer: ${step}`)
  },
  [`while a later step is "${step}" an agent is ${state}`]: async () => {
    const it = new Rehearsal()
    const before = step === 'work' ? 'reflect' : 'work'
    it.start(it.team([it.player('writer', { steps: [before, step] })]))
    await it.begins(`writer: ${before}`)
    await it.does('writer')
    await it.comesTo({ run: 'running.active', manager: 'speaking', writer: `responding.${state}` })
    await it.begins(`writer: ${before}`, `writer: ${step}`)
  }
})

/** What the charts say of a run that goes its way. */
export const stepScenes: Scenes = {
  ...Object.fromEntries(
    Object.entries(doing).flatMap(([step, state]) => Object.entries(opens(step as keyof typeof doing, state)))
  ),

  'a run that waits for its team to be loaded is starting': async () => {
    const it = new Rehearsal()
    it.start(it.team([it.player('writer')]))
    it.hasStates({ run: 'starting' })
  },

  'a run whose team cannot run fails with what is wrong, before anything is said': async () => {
    const it = new Rehearsal()
    it.start(it.team([it.player('writer')], { maxTurns: 0 }))
    await it.ends({ failure: { message: 'max_turns must be greater than 0.' } })
  },

  'one after the other speaks, until there were so many turns': async () => {
    const it = new Rehearsal()
    it.start(it.team([it.player('writer'), it.player('critic')], { maxTurns: 2 }))
    await it.begins('writer: askModel')
    await it.does('writer', 'A draft.')
    await it.comesTo({
      run: 'running.active',
      manager: 'speaking',
      writer: 'listening',
      critic: 'responding.askingModel'
    })
    await it.does('critic', 'Good.')
    await it.ends({ stop: 'Maximum number of turns 2 reached.' })
    it.hasSaid('writer: A draft.', 'critic: Good.')
  },

  'an agent that waits for nothing speaks at once': async () => {
    const it = new Rehearsal()
    it.start(it.team([it.player('writer', { steps: [] })], { maxTurns: 2 }))
    await it.ends({ stop: 'Maximum number of turns 2 reached.' })
    it.hasSaid('writer: This is writer.', 'writer: This is writer.')
  },

  'a run without a task goes on where the team stood': async () => {
    const it = new Rehearsal()
    const team = it.team([it.player('writer'), it.player('critic')], { maxTurns: 1 })
    it.start(team)
    await it.begins('writer: askModel')
    await it.does('writer')
    await it.ends({ stop: 'Maximum number of turns 1 reached.' })
    it.start(team, null)
    await it.begins('writer: askModel', 'critic: askModel')
  },

  'a condition that the task meets ends the run before anybody speaks': async () => {
    const it = new Rehearsal()
    it.start(it.team([it.player('writer')], { terminationCondition: stopsWhen(() => 'Said and done.') }))
    await it.ends({ stop: 'Said and done.' })
    await it.begins()
  },

  'a task that the team refuses fails the run before anybody hears of it': async () => {
    const it = new Rehearsal()
    const selector = {
      begin: () => null,
      check: () => 'No such agent.',
      next: () => ({ state: null, speakers: ['writer'] })
    }
    it.start(it.team([it.player('writer')], { selector }))
    await it.ends({ failure: { message: 'No such agent.' } })
    expect(it.messages).toEqual([])
    await it.begins()
  },

  'once the condition is met nobody is selected any more': async () => {
    const it = new Rehearsal()
    const next = (done: boolean) =>
      done ? { state: done, stop: 'Over.' } : { state: true, speakers: ['writer'] }
    it.start(it.team([it.player('writer')], { selector: { begin: () => false, next }, maxTurns: 1 }))
    await it.does('writer')
    await it.ends({ stop: 'Maximum number of turns 1 reached.' })
  },

  'a selector may end the run': async () => {
    const it = new Rehearsal()
    const selector = { begin: () => null, next: () => ({ state: null, stop: 'Nobody is left.' }) }
    it.start(it.team([it.player('writer')], { selector }))
    await it.ends({ stop: 'Nobody is left.' })
    await it.begins()
  },

  'a selector that throws fails the run with what it says': async () => {
    const it = new Rehearsal()
    const next = () => {
      throw new Error('Whose turn is it?')
    }
    it.start(it.team([it.player('writer')], { selector: { begin: () => null, next } }))
    await it.ends({ failure: { message: 'Whose turn is it?' } })
  },

  'an agent that fails, fails the run with what it says': async () => {
    const it = new Rehearsal()
    it.start(it.team([it.player('writer'), it.player('critic')]))
    await it.begins('writer: askModel')
    await it.fails('writer', 'No credit.')
    await it.ends({ failure: { message: 'No credit.' } })
  },

  'a call that throws at once fails the run with what it says': async () => {
    const it = new Rehearsal()
    const perform = () => {
      throw new Error('Not even a promise.')
    }
    const rash = it.improviser('rash', 'work', function* () {
      return yield* wait<never>({ step: 'work', perform })
    })
    it.start(it.team([rash, it.player('writer')]))
    await it.ends({ failure: { message: 'Not even a promise.' } })
  },

  'an agent whose turn cannot even begin fails the run with what it says': () =>
    quietly(async () => {
      const it = new Rehearsal()
      const broken = it.improviser('broken', 'work', () => {
        throw new Error('Broken.')
      })
      it.start(it.team([broken, it.player('writer')]))
      await it.ends({ failure: { message: 'Broken.' } })
    }),

  'a condition that throws fails the run with what it says': async () => {
    const it = new Rehearsal()
    const condition = stopsWhen((said) => {
      if (said.some(({ source }) => source === 'writer')) throw new Error('Unheard of.')
      return undefined
    })
    it.start(it.team([it.player('writer')], { terminationCondition: condition }))
    await it.begins('writer: askModel')
    await it.does('writer')
    await it.ends({ failure: { message: 'Unheard of.' } })
  },

  'a selector that throws at what it hears fails the run with what it says': async () => {
    const it = new Rehearsal()
    const hear = () => {
      throw new Error('Unheard of.')
    }
    it.start(
      it.team([it.player('writer')], {
        selector: { begin: () => null, hear, next: () => ({ state: null, speakers: ['writer'] }) }
      }),
      null
    )
    await it.does('writer')
    await it.ends({ failure: { message: 'Unheard of.' } })
  },

  'a team that was kept in the middle of a turn of several goes on with those who have not spoken':
    async () => {
      const it = new Rehearsal()
      const team = it.team([it.player('writer'), it.player('critic')], { maxTurns: 1 })
      team.progress = { ...team.progress, speakers: ['critic'] }
      it.start(team, null)
      await it.comesTo({
        run: 'running.active',
        manager: 'speaking',
        writer: 'listening',
        critic: 'responding.askingModel'
      })
      await it.does('critic')
      await it.ends({ stop: 'Maximum number of turns 1 reached.' })
    },

  'a run that is asked to finish ends after the turn, in order': async () => {
    const it = new Rehearsal()
    it.start(it.team([it.player('writer'), it.player('critic')]))
    await it.begins('writer: askModel')
    it.send({ type: 'finish', reason: 'Enough.' })
    await it.rests(
      { run: 'running.active', manager: 'speaking', writer: 'responding.askingModel', critic: 'listening' },
      'writer: askModel'
    )
    await it.does('writer', 'A draft.')
    await it.ends({ stop: 'Enough.', by: 'request' })
    it.hasSaid('writer: A draft.')
  }
}

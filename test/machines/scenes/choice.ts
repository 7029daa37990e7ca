import { expect } from 'vitest'
import type { AnyStateMachine } from 'xstate'
import { Alone } from '../../support/alone.ts'
import type { Scenes } from '../../support/scenes.ts'

const failure = { type: 'broke', failure: { message: 'No credit.' } }
const chosen = { type: 'chosen', state: 1, speakers: ['ann'], at: 7 }

/** What the chart of a choice does with what it is told; `states` are its states by the steps that lead there. */
export function choiceScenes(machine: () => AnyStateMachine, states: Record<string, string>): Scenes {
  const begun = () => new Alone(machine(), { path: 'team' }, ['choose']).send('begin')
  const at = (step: string) => {
    const choice = begun()
    choice.child('choose').tell({ type: 'wants', step })
    return choice
  }
  const doing = ([step, state]: [string, string]): Scenes => ({
    [`is ${state} when what it plays comes to "${step}"`]: () => {
      const choice = at(step)
      expect([choice.state, choice.heard('choose')]).toEqual([state, ['proceed', 'proceed']])
    },
    [`is held by a pause while it is ${state}`]: () => {
      const choice = at(step).send('pause')
      expect([choice.state, choice.heard('choose').at(-1)]).toEqual(['pausing', 'pause'])
      choice.child('choose').tell({ type: 'wants', step })
      expect([choice.state, choice.heard('choose').at(-1)]).toEqual(['paused', 'pause'])
      choice.send('resume')
      expect([choice.state, choice.heard('choose').at(-1)]).toEqual([state, 'proceed'])
    },
    [`goes on being ${state} when a pause is over before its call`]: () => {
      expect(at(step).send('pause').send('resume').state).toBe(state)
    }
  })
  return {
    'begins when it is told to': () => {
      const choice = new Alone(machine(), { path: 'team' }, ['choose'])
      expect([choice.state, choice.heard('choose')]).toEqual(['beginning', []])
      choice.send('begin')
      expect(choice.heard('choose')).toEqual(['proceed'])
    },
    ...Object.assign({}, ...Object.entries(states).map(doing)),
    'tells what was chosen, in a pause too': () => {
      for (const choice of [begun(), begun().send('pause')]) {
        choice.child('choose').tell(chosen)
        expect(choice.told).toEqual([chosen])
      }
    },
    'tells why nobody can be chosen, in a pause too': () => {
      for (const choice of [begun(), begun().send('pause')]) {
        choice.child('choose').tell(failure)
        expect(choice.told).toEqual([failure])
      }
    }
  }
}

import { assign, sendParent, sendTo, setup } from 'xstate'
import { unprovided } from '../shared/unprovided.ts'
import type { ChoiceEvent } from './selector-choice.ts'

/** What the orchestrator of a MagenticOne team does next. */
export type MagenticStep = 'gatherFacts' | 'plan' | 'updateLedger' | 'refreshFacts' | 'answer'

/**
 * The orchestrator's thoughts between two turns of a MagenticOne team: facts and a plan for a new task, the ledger
 * after each turn, new facts and a new plan when the team has stalled, and the final answer.
 */
export const magenticChoiceMachine = setup({
  types: {
    input: {} as { path: string },
    context: {} as { path: string; step: MagenticStep },
    events: {} as ChoiceEvent<MagenticStep>
  },
  actors: { choose: unprovided<{ path: string }>('choose') },
  actions: {
    note: assign({ step: ({ context, event }) => (event.type === 'wants' ? event.step : context.step) }),
    proceed: sendTo('choose', { type: 'proceed' }),
    pass: sendTo('choose', ({ event }) => event),
    tell: sendParent(({ event }) => event)
  },
  guards: { wants: ({ context }, step: MagenticStep) => context.step === step }
}).createMachine({
  id: 'magenticChoice',
  context: ({ input }) => ({ ...input, step: 'updateLedger' }),
  invoke: { id: 'choose', src: 'choose', input: ({ context }) => ({ path: context.path }) },
  initial: 'beginning',
  on: {
    wants: { target: '.proceeding', actions: 'note' },
    chosen: { actions: 'tell' },
    broke: { actions: 'tell' }
  },
  states: {
    beginning: { on: { begin: 'proceeding' } },
    proceeding: {
      always: [
        { guard: { type: 'wants', params: 'gatherFacts' }, target: 'gatheringFacts' },
        { guard: { type: 'wants', params: 'plan' }, target: 'planning' },
        { guard: { type: 'wants', params: 'refreshFacts' }, target: 'stalled' },
        { guard: { type: 'wants', params: 'answer' }, target: 'answering' },
        { target: 'updatingLedger' }
      ]
    },
    gatheringFacts: { entry: 'proceed', on: { pause: 'pausing' } },
    planning: { entry: 'proceed', on: { pause: 'pausing' } },
    updatingLedger: { entry: 'proceed', on: { pause: 'pausing' } },
    stalled: { entry: 'proceed', on: { pause: 'pausing' } },
    answering: { entry: 'proceed', on: { pause: 'pausing' } },
    pausing: {
      entry: 'pass',
      on: {
        wants: { target: 'paused', actions: 'note' },
        resume: 'proceeding'
      }
    },
    paused: { on: { resume: 'proceeding' } }
  }
})

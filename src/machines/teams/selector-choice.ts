import { assign, sendParent, sendTo, setup } from 'xstate'
import type { Failure } from '../shared/outcome.ts'
import { unprovided } from '../shared/unprovided.ts'
import type { Chosen } from './selector.ts'

/** What the choice of a speaker does next. */
export type SelectorStep = 'ask' | 'askAgain'

export type ChoiceEvent<Step> =
  | { type: 'begin' }
  | { type: 'wants'; step: Step }
  | ({ type: 'chosen' } & Chosen)
  | { type: 'broke'; failure: Failure }
  | { type: 'pause' | 'resume' }

/** A model chooses the next speaker: it is asked, and asked again when it names no participant, several, or the previous one. */
export const selectorChoiceMachine = setup({
  types: {
    input: {} as { path: string },
    context: {} as { path: string; step: SelectorStep },
    events: {} as ChoiceEvent<SelectorStep>
  },
  actors: { choose: unprovided<{ path: string }>('choose') },
  actions: {
    note: assign({ step: ({ context, event }) => (event.type === 'wants' ? event.step : context.step) }),
    proceed: sendTo('choose', { type: 'proceed' }),
    pass: sendTo('choose', ({ event }) => event),
    tell: sendParent(({ event }) => event)
  },
  guards: { wants: ({ context }, step: SelectorStep) => context.step === step }
}).createMachine({
  id: 'selectorChoice',
  context: ({ input }) => ({ ...input, step: 'ask' }),
  invoke: { id: 'choose', src: 'choose', input: ({ context }) => ({ path: context.path }) },
  initial: 'beginning',
  on: {
    wants: { target: '.proceeding', actions: 'note' },
    chosen: { actions: 'tell' },
    broke: { actions: 'tell' }
  },
  states: {
    // An actor that is raised in the first step of its parent starts before the actions of that step are done.
    beginning: { on: { begin: 'proceeding' } },
    proceeding: {
      always: [{ guard: { type: 'wants', params: 'ask' }, target: 'asking' }, { target: 'askingAgain' }]
    },
    asking: { entry: 'proceed', on: { pause: 'pausing' } },
    askingAgain: { entry: 'proceed', on: { pause: 'pausing' } },
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

import { assign, enqueueActions, sendParent, sendTo, setup, stopChild } from 'xstate'
import type { ChatMessage, TeamMessage } from './messages/index.ts'
import type { Decision } from './shared/decision.ts'
import type { Failure } from './shared/outcome.ts'
import { unprovided } from './shared/unprovided.ts'
import type { GroupChatInput, GroupChatOutput, Step } from './team-types.ts'

export interface ParticipantInput {
  name: string
  /** Where the participant stands in the run: `team/critic`. */
  path: string
  /** The step with which every turn of this participant begins. */
  opening: Step
}

export interface ParticipantContext extends ParticipantInput {
  step: Step
  /** Whether it speaks once more in the same turn of the team: it hears nothing of what was said in between. */
  again: boolean
}

export type { Step } from './team-types.ts'

/** What came of a turn. */
export interface Said {
  /** All of it: what the condition judges and the thread keeps. */
  messages: readonly TeamMessage[]
  /** What the other participants hear of it. */
  heard: readonly ChatMessage[]
  /** Milliseconds since 1970. */
  at: number
}

export type ParticipantEvent =
  | { type: 'speak'; again?: boolean }
  | { type: 'wants'; step: Step }
  | ({ type: 'said' } & Said)
  | { type: 'broke'; failure: Failure }
  | { type: 'answer'; requestId?: string; content: string }
  | { type: 'answer'; requestId?: string; decision: Decision }
  | { type: 'answer'; requestId?: string; failure: Failure }
  | { type: 'pause' }
  | { type: 'resume' }
  | { type: 'cancel' }
  /** A nested team is to run; the turn goes on when it has. */
  | { type: 'lead'; input: GroupChatInput }
  /** All speakers of the nested team, or a tool, wait for a person; or not any more. */
  | { type: 'waiting' | 'going' }
  | { type: 'xstate.done.actor.team'; output: GroupChatOutput }

const interrupts = <S extends Step>(step: S) =>
  ({ target: '#participant.responding.pausing', actions: { type: 'stand', params: step } }) as const

/**
 * One member of a team. It listens until it is asked to speak, then lets its `turn` proceed step by step: the turn
 * says what it wants next, and nothing is done before the chart has entered the state for it.
 */
export const participantMachine = setup({
  types: {
    input: {} as ParticipantInput,
    context: {} as ParticipantContext,
    events: {} as ParticipantEvent
  },
  actors: {
    turn: unprovided<{ path: string }>('turn'),
    groupChat: unprovided<GroupChatInput>('groupChat')
  },
  actions: {
    open: assign(({ context, event }) => ({
      step: context.opening,
      again: event.type === 'speak' && event.again === true
    })),
    /** What a pause interrupts: it is gone on with afterwards, unless the turn wants something else by then. */
    stand: assign({ step: (_, step: Step) => step }),
    note: assign({ step: ({ context, event }) => (event.type === 'wants' ? event.step : context.step) }),
    proceed: sendTo('turn', ({ context, event }) => ({
      type: 'proceed',
      again: event.type === 'speak' ? event.again === true : context.again
    })),
    pass: sendTo('turn', ({ event }) => event),
    /** What has not begun yet is not to begin before it is asked to again. */
    hold: sendTo('turn', { type: 'pause' }),
    passToTeam: sendTo('team', ({ event }) => event),
    raiseTeam: enqueueActions(({ event, enqueue }) => {
      if (event.type === 'lead') enqueue.spawnChild('groupChat', { id: 'team', input: event.input })
    }),
    tellLed: sendTo('turn', ({ event }) =>
      event.type === 'xstate.done.actor.team'
        ? { type: 'led', output: event.output }
        : { type: 'led', error: (event as { error?: unknown }).error }
    ),
    tellAsked: sendParent(({ context }) => ({ type: 'asked', name: context.name })),
    tellAnswered: sendParent(({ context }) => ({ type: 'answered', name: context.name })),
    tell: sendParent(({ context, event }) => ({ ...event, name: context.name })),
    tellFailed: sendParent(({ context, event }) => ({ ...event, type: 'failed', name: context.name })),
    tellCancelled: sendParent(({ context }) => ({ type: 'cancelled', name: context.name }))
  },
  guards: {
    opens: ({ context }, step: Step) => context.opening === step,
    wants: ({ context }, step: Step) => context.step === step
  }
}).createMachine({
  id: 'participant',
  context: ({ input }) => ({ ...input, step: input.opening, again: false }),
  // One actor plays all turns: starting one for each took a third of a message's time.
  invoke: { id: 'turn', src: 'turn', input: ({ context: { path } }) => ({ path }) },
  initial: 'listening',
  states: {
    listening: {
      on: {
        speak: [
          { guard: { type: 'opens', params: 'askModel' }, target: 'responding.askingModel' },
          { guard: { type: 'opens', params: 'askPerson' }, target: 'responding.awaitingInput' },
          { guard: { type: 'opens', params: 'recall' }, target: 'responding.recalling' },
          { guard: { type: 'opens', params: 'runTools' }, target: 'responding.runningTools' },
          { guard: { type: 'opens', params: 'reflect' }, target: 'responding.reflecting' },
          { guard: { type: 'opens', params: 'lead' }, target: 'responding.leadingTeam' },
          { target: 'responding.working' }
        ],
        pause: 'paused'
      }
    },
    paused: {
      on: { speak: { target: 'responding.paused', actions: 'open' }, resume: 'listening' }
    },
    responding: {
      initial: 'proceeding',
      on: {
        wants: { target: '.proceeding', actions: 'note' },
        said: { target: 'listening', actions: 'tell' },
        broke: { target: 'listening', actions: 'tellFailed' },
        cancel: '.cancelling',
        // A person is asked in a team that it leads, or in a tool.
        waiting: { actions: 'tellAsked' },
        going: { actions: 'tellAnswered' }
      },
      states: {
        proceeding: {
          always: [
            { guard: { type: 'wants', params: 'askModel' }, target: 'askingModel' },
            { guard: { type: 'wants', params: 'askPerson' }, target: 'awaitingInput' },
            { guard: { type: 'wants', params: 'runTools' }, target: 'runningTools' },
            { guard: { type: 'wants', params: 'askApproval' }, target: 'awaitingApproval' },
            { guard: { type: 'wants', params: 'reflect' }, target: 'reflecting' },
            { guard: { type: 'wants', params: 'recall' }, target: 'recalling' },
            { guard: { type: 'wants', params: 'lead' }, target: 'leadingTeam' },
            { target: 'working' }
          ]
        },
        recalling: { entry: 'proceed', on: { pause: interrupts('recall') } },
        askingModel: { entry: 'proceed', on: { pause: interrupts('askModel') } },
        runningTools: { entry: 'proceed', on: { pause: interrupts('runTools') } },
        reflecting: { entry: 'proceed', on: { pause: interrupts('reflect') } },
        working: { entry: 'proceed', on: { pause: interrupts('work') } },
        leadingTeam: {
          entry: 'proceed',
          exit: stopChild('team'),
          initial: 'opening',
          states: {
            // There is no team yet, or not any more.
            opening: {
              on: {
                lead: { target: 'running', actions: 'raiseTeam' },
                pause: interrupts('lead')
              }
            },
            running: {
              on: {
                pause: { target: 'paused', actions: ['passToTeam', { type: 'stand', params: 'lead' }] },
                'xstate.done.actor.team': { target: 'opening', actions: 'tellLed' },
                'xstate.error.actor.team': { target: 'opening', actions: 'tellLed' }
              }
            },
            paused: {
              on: {
                resume: { target: 'running', actions: 'passToTeam' },
                'xstate.done.actor.team': { target: '#participant.responding.pausing', actions: 'tellLed' },
                'xstate.error.actor.team': { target: '#participant.responding.pausing', actions: 'tellLed' }
              }
            }
          }
        },
        awaitingInput: {
          entry: ['proceed', 'tellAsked'],
          exit: 'tellAnswered',
          on: {
            answer: { actions: 'pass' },
            pause: { target: 'paused', actions: ['hold', { type: 'stand', params: 'askPerson' }] }
          }
        },
        awaitingApproval: {
          entry: ['proceed', 'tellAsked'],
          exit: 'tellAnswered',
          on: {
            answer: { actions: 'pass' },
            pause: { target: 'paused', actions: ['hold', { type: 'stand', params: 'askApproval' }] }
          }
        },
        pausing: {
          entry: 'hold',
          on: {
            wants: { target: 'paused', actions: 'note' },
            said: { target: '#participant.paused', actions: 'tell' },
            resume: 'proceeding'
          }
        },
        paused: {
          on: {
            answer: { actions: 'pass' },
            wants: { actions: 'note' },
            said: { target: '#participant.paused', actions: 'tell' },
            resume: 'proceeding'
          }
        },
        cancelling: {
          entry: 'pass',
          on: {
            said: { target: '#participant.listening', actions: 'tellCancelled' },
            broke: { target: '#participant.listening', actions: 'tellCancelled' }
          }
        }
      }
    }
  }
})

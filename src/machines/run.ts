import { assign, enqueueActions, sendTo, setup } from 'xstate'
import {
  type GroupChatInput,
  type GroupChatOutput,
  groupChatMachine,
  type TeamProgress
} from './group-chat.ts'
import { type EndedBy, type Failure, failureOf, type Outcome } from './shared/outcome.ts'
import { unprovided } from './shared/unprovided.ts'

export interface RunInput {
  /** How long a cancelled run waits for what is still going on, in milliseconds. */
  grace: number
  team: () => GroupChatInput
}

export interface RunContext extends RunInput {
  outcome: Outcome | null
  progress: TeamProgress | null
}

export type RunEvent =
  | { type: 'start' }
  | { type: 'opened' }
  | { type: 'refused'; failure: Failure }
  | { type: 'waiting' | 'going' | 'pause' | 'resume' | 'rang' }
  | { type: 'cancel' }
  | { type: 'finish'; reason: string; by?: EndedBy }

export interface RunOutput {
  outcome: Outcome
  /** What the team remembers; null where the team was never asked or was given up. */
  progress: TeamProgress | null
}

/** One run from its creation to its end: it opens, has its team talk, and knows how it came out. */
export const runMachine = setup({
  types: {
    input: {} as RunInput,
    context: {} as RunContext,
    events: {} as RunEvent | { type: 'xstate.done.actor.team'; output: GroupChatOutput },
    output: {} as RunOutput
  },
  actors: {
    groupChat: groupChatMachine,
    /** Loads the team and stores that the run has begun. */
    open: unprovided<undefined>('open'),
    alarm: unprovided<{ after: number }>('alarm')
  },
  actions: {
    raise: enqueueActions(({ context, event, enqueue }) => {
      if (event.type === 'opened') enqueue.spawnChild('groupChat', { id: 'team', input: context.team() })
    }),
    pass: sendTo('team', ({ event }) => event),
    learn: assign(({ event }) => (event.type === 'xstate.done.actor.team' ? event.output : {})),
    giveUp: assign({ outcome: { cancelled: true } }),
    fail: assign(({ event }) => ({
      outcome: {
        failure: event.type === 'refused' ? event.failure : failureOf((event as { error?: unknown }).error)
      }
    }))
  },
  guards: {
    stopped: ({ event }) => event.type === 'xstate.done.actor.team' && 'stop' in event.output.outcome
  }
}).createMachine({
  id: 'run',
  context: ({ input }) => ({ ...input, outcome: null, progress: null }),
  initial: 'created',
  states: {
    created: {
      on: { start: 'starting', cancel: { target: 'cancelled', actions: 'giveUp' } }
    },
    starting: {
      invoke: { id: 'open', src: 'open' },
      on: {
        opened: { target: 'running', actions: 'raise' },
        refused: { target: 'failed', actions: 'fail' },
        cancel: { target: 'cancelled', actions: 'giveUp' }
      }
    },
    running: {
      initial: 'active',
      on: {
        'xstate.done.actor.team': [
          { guard: 'stopped', target: 'completed', actions: 'learn' },
          { target: 'failed', actions: 'learn' }
        ],
        'xstate.error.actor.team': { target: 'failed', actions: 'fail' },
        finish: { actions: 'pass' },
        cancel: 'cancelling'
      },
      states: {
        active: {
          on: { waiting: 'awaitingInput', pause: { target: 'paused', actions: 'pass' } }
        },
        awaitingInput: {
          on: { going: 'active', pause: { target: 'paused', actions: 'pass' } }
        },
        paused: {
          on: { resume: { target: 'active', actions: 'pass' } }
        }
      }
    },
    cancelling: {
      entry: 'pass',
      invoke: { id: 'alarm', src: 'alarm', input: ({ context }) => ({ after: context.grace }) },
      on: {
        'xstate.done.actor.team': { target: 'cancelled', actions: 'learn' },
        // Whatever hangs and ignores its signal is left behind.
        rang: { target: 'cancelled', actions: 'giveUp' }
      }
    },
    completed: { type: 'final' },
    cancelled: { type: 'final' },
    failed: { type: 'final' }
  },
  output: ({ context: { outcome, progress } }) => ({ outcome: outcome ?? { cancelled: true }, progress })
})

import { assign, enqueueActions, sendParent, sendTo, setup, stopChild } from 'xstate'
import { participantMachine, type Said } from './participant.ts'
import type { EndedBy, Failure } from './shared/outcome.ts'
import type { GroupChatInput, GroupChatOutput } from './team-types.ts'
import { magenticChoiceMachine } from './teams/magentic-choice.ts'
import type { Chosen } from './teams/selector.ts'
import { selectorChoiceMachine } from './teams/selector-choice.ts'
import {
  allAwaitInput,
  applyChoice,
  applyTask,
  cancelSpeakers,
  checkStart,
  checkTermination,
  endInPause,
  endTurn,
  finalProgressOf,
  type GroupChatContext,
  inputOf,
  orFailure,
  selectorAfter,
  selectSpeakers,
  stopNow,
  type Wish,
  without
} from './turn-taking.ts'

export type { GroupChatInput, GroupChatOutput, TeamDefinition, TeamProgress } from './team-types.ts'
export { freshProgress, type GroupChatContext, inputOf, progressOf } from './turn-taking.ts'

export type GroupChatEvent =
  | ({ type: 'said'; name: string } & Said)
  | { type: 'failed'; name: string; failure: Failure }
  | { type: 'asked' | 'answered' | 'cancelled'; name: string }
  | ({ type: 'chosen' } & Chosen)
  | { type: 'broke'; failure: Failure }
  | { type: 'pause' | 'resume' | 'cancel' }
  | { type: 'finish'; reason: string; by?: EndedBy }

const wishOf = ({ reason: stop, by = 'request' }: { reason: string; by?: EndedBy }): Wish => ({ stop, by })

/** The chart that all teams share who speak in turns. A team type brings its selector. */
export const groupChatMachine = setup({
  types: {
    input: {} as GroupChatInput,
    context: {} as GroupChatContext,
    events: {} as GroupChatEvent,
    output: {} as GroupChatOutput
  },
  actors: {
    participant: participantMachine,
    selectorChoice: selectorChoiceMachine,
    magenticChoice: magenticChoiceMachine
  },
  actions: {
    /** Delivers messages to the thread and to the other participants; the runtime provides it. */
    share: () => {},
    /** Publishes who was chosen; the runtime provides it. */
    announce: () => {},
    /** Notes what the team has to remember; the runtime provides it. */
    keep: () => {},
    welcome: enqueueActions(({ context: { team, path }, enqueue }) => {
      for (const { name, opening } of team().participants) {
        enqueue.spawnChild('participant', { id: name, input: { name, opening, path: `${path}/${name}` } })
      }
    }),
    check: assign(({ context, event }) => orFailure(() => checkStart(context, inputOf(event).task))),
    hearTask: assign(({ context, event }) => orFailure(() => applyTask(context, inputOf(event).task!))),
    select: assign(({ context }) =>
      context.outcome || context.speakers.length > 0 ? {} : orFailure(() => selectSpeakers(context))
    ),
    settle: assign(({ context, event }) => (event.type === 'said' ? endTurn(context, event) : {})),
    consult: enqueueActions(({ context: { team, path }, enqueue }) => {
      enqueue.spawnChild(team().selector.choice!, { id: 'choice', input: { path } })
      enqueue.sendTo('choice', { type: 'begin' })
    }),
    take: assign(({ context, event }) => (event.type === 'chosen' ? applyChoice(context, event) : {})),
    ask: enqueueActions(({ context: { speakers }, enqueue }) => {
      for (const name of new Set(speakers)) enqueue.sendTo(name, { type: 'speak' })
    }),
    hear: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'said') return
      const taken = orFailure(() => ({ selector: selectorAfter(context, event.messages, event.name) }))
      const speakers = without(context.speakers, event.name)
      enqueue.assign({ ...taken, speakers, settled: null, now: event.at })
      if (speakers.includes(event.name)) enqueue.sendTo(event.name, { type: 'speak', again: true })
      if (allAwaitInput({ speakers, awaiting: context.awaiting })) enqueue(sendParent({ type: 'waiting' }))
    }),
    judge: assign(({ context, event }) =>
      event.type === 'said' && !context.outcome
        ? orFailure(() => checkTermination(context, event.messages, 1))
        : {}
    ),
    wait: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'asked') return
      const awaiting = [...context.awaiting, event.name]
      enqueue.assign({ awaiting })
      if (allAwaitInput({ ...context, awaiting })) enqueue(sendParent({ type: 'waiting' }))
    }),
    goOn: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'answered') return
      if (allAwaitInput(context)) enqueue(sendParent({ type: 'going' }))
      enqueue.assign({ awaiting: without(context.awaiting, event.name) })
    }),
    fail: assign(({ event }) =>
      event.type === 'failed' || event.type === 'broke' ? { outcome: { failure: event.failure } } : {}
    ),
    forget: assign(({ context, event }) =>
      'name' in event ? { leaving: without(context.leaving, event.name) } : {}
    ),
    giveUp: assign(({ context }) => cancelSpeakers(context)),
    noteEnd: assign(({ context }) => endInPause(context)),
    finishNow: assign(({ context, event }) =>
      event.type === 'finish' ? stopNow(context, wishOf(event)) : {}
    ),
    schedule: assign(({ event }) => (event.type === 'finish' ? { finish: wishOf(event) } : {})),
    passToAll: enqueueActions(({ context, event, enqueue }) => {
      for (const name of context.team().names) enqueue.sendTo(name, event)
    }),
    passToLeaving: enqueueActions(({ context, event, enqueue }) => {
      for (const name of context.leaving) enqueue.sendTo(name, event)
    }),
    passToChoice: sendTo('choice', ({ event }) => event)
  },
  guards: {
    over: ({ context }) => context.outcome !== null,
    tasked: ({ event }) => inputOf(event).task !== null,
    speaking: ({ context }) => context.speakers.length > 0,
    between: ({ context }) => context.speakers.length === 0,
    left: ({ context }) => context.leaving.length === 0,
    last: ({ context, event }) =>
      event.type === 'said' && context.speakers.length === 1 && context.speakers[0] === event.name
  }
}).createMachine({
  id: 'groupChat',
  context: ({ input: { path, team, progress, now } }) => ({
    ...progress,
    path,
    team,
    settled: null,
    awaiting: [],
    leaving: [],
    now,
    finish: null,
    outcome: null
  }),
  initial: 'starting',
  on: {
    cancel: '.cancelling',
    finish: { actions: 'schedule' },
    asked: { actions: 'wait' },
    answered: { actions: 'goOn' }
  },
  states: {
    starting: {
      entry: ['welcome', 'check'],
      always: [
        { guard: 'over', target: 'stopped' },
        { guard: 'tasked', target: 'judging', actions: ['share', 'hearTask', 'keep', 'select'] },
        { target: 'judging', actions: ['keep', 'select'] }
      ]
    },
    judging: {
      always: [
        { guard: 'over', target: 'stopped' },
        { guard: 'speaking', target: 'speaking', actions: ['announce', 'ask'] },
        // The choice takes asking a model or a person.
        { target: 'selecting' }
      ]
    },
    selecting: {
      entry: 'consult',
      exit: stopChild('choice'),
      initial: 'running',
      on: {
        chosen: { target: 'speaking', actions: ['share', 'take', 'announce', 'ask', 'keep'] },
        broke: { target: 'stopped', actions: 'fail' }
      },
      states: {
        running: { on: { pause: { target: 'paused', actions: ['passToAll', 'passToChoice'] } } },
        paused: {
          on: {
            // Participants that are asked now are paused themselves, and begin when the pause is over.
            chosen: {
              target: '#groupChat.paused',
              actions: ['share', 'take', 'noteEnd', 'announce', 'ask', 'keep']
            },
            resume: { target: 'running', actions: ['passToAll', 'passToChoice'] }
          }
        }
      }
    },
    speaking: {
      always: [
        { guard: 'over', target: 'stopped' },
        // The choice takes asking a model or a person.
        { guard: 'between', target: 'selecting' }
      ],
      on: {
        said: [
          // The next speakers are asked in the same step, where they are known.
          { guard: 'last', actions: ['share', 'settle', 'keep', 'announce', 'ask'] },
          { actions: ['share', 'hear', 'keep'] }
        ],
        failed: { target: 'stopped', actions: 'fail' },
        pause: { target: 'paused', actions: 'passToAll' }
      }
    },
    paused: {
      on: {
        said: [
          { guard: 'last', actions: ['share', 'hear', 'judge', 'noteEnd', 'keep'] },
          { actions: ['share', 'hear', 'keep'] }
        ],
        failed: { target: 'stopped', actions: 'fail' },
        // Between two turns there is none that would have to end first.
        finish: { guard: 'between', target: 'stopped', actions: 'finishNow' },
        resume: [
          { guard: 'speaking', target: 'speaking', actions: 'passToAll' },
          { target: 'judging', actions: ['passToAll', 'select'] }
        ]
      }
    },
    cancelling: {
      entry: ['giveUp', 'passToLeaving'],
      always: { guard: 'left', target: 'stopped' },
      on: {
        cancelled: { actions: 'forget' },
        said: { actions: 'forget' },
        failed: { actions: 'forget' }
      }
    },
    stopped: { type: 'final' }
  },
  output: ({ context }) => ({
    outcome: context.outcome ?? { cancelled: true },
    progress: finalProgressOf(context)
  })
})

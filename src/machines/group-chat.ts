import { assign, enqueueActions, sendParent, setup } from 'xstate'
import { unprovided } from './actors.ts'
import type { Rule } from './conditions/condition.ts'
import type { ChatMessage, TeamMessage } from './message.ts'
import { type Failure, failureOf, type Outcome } from './outcome.ts'
import { participantMachine, type Said, type Step } from './participant.ts'
import type { Selector } from './teams/selector.ts'

/** What is fixed of a team. It comes from the team's component and is never saved. */
export interface TeamDefinition {
  /** Each participant's name and the step with which its turns begin. */
  participants: readonly { name: string; opening: Step }[]
  names: readonly string[]
  // biome-ignore lint/suspicious/noExplicitAny: each selector has a state of its own
  selector: Selector<any>
  // biome-ignore lint/suspicious/noExplicitAny: each condition has a state of its own
  condition: Rule<any> | null
  maxTurns: number | null
}

/** What a team remembers from one run to the next: plain JSON. */
export interface TeamProgress {
  /** Turns since the last stop. */
  turn: number
  selector: unknown
  condition: unknown
}

export interface GroupChatInput {
  /** Where the team stands in the run: `team`, or `team/inner` for a nested one. */
  path: string
  team: () => TeamDefinition
  progress: TeamProgress
  task: readonly ChatMessage[] | null
  /** Whether those who watch are shown the task too. */
  showTask: boolean
  /** Milliseconds since 1970. */
  now: number
}

export interface GroupChatContext extends TeamProgress {
  path: string
  // A function, because functions are not saved: whoever restores a snapshot puts it back.
  team: () => TeamDefinition
  /** What the selector's state was when the present speakers were chosen: a save in mid-turn goes back to it. */
  settled: unknown
  /** Those who were asked and have not answered yet. */
  speakers: readonly string[]
  /** Those of them who wait for a person. */
  awaiting: readonly string[]
  /** Why the team is to stop after this turn, if somebody has asked for that. */
  finish: string | null
  outcome: Outcome | null
}

export type GroupChatEvent =
  | ({ type: 'said'; name: string } & Said)
  | { type: 'failed'; name: string; failure: Failure }
  | { type: 'asked' | 'answered' | 'cancelled'; name: string }
  | { type: 'chosen'; state: unknown; speakers: string[] }
  | { type: 'broke'; failure: Failure }
  | { type: 'pause' | 'resume' | 'cancel' }
  | { type: 'finish'; reason: string }

/** How a team's run ended, and what the team remembers for the next. */
export interface GroupChatOutput {
  outcome: Outcome
  progress: TeamProgress
}

/** The progress of a team that has not run yet. */
export const freshProgress = (team: TeamDefinition, now: number): TeamProgress => ({
  turn: 0,
  selector: team.selector.begin(team.names),
  condition: team.condition?.begin(now) ?? null
})

/** Judges what was said last: whether to stop, and what to remember. A stop begins the count anew. */
function judge(context: GroupChatContext, said: readonly TeamMessage[], turns: 0 | 1, now: number) {
  const { condition: rule, maxTurns } = context.team()
  const verdict = rule?.look(context.condition, said, now)
  const turn = context.turn + turns
  const limit =
    maxTurns !== null && turn >= maxTurns ? `Maximum number of turns ${maxTurns} reached.` : undefined
  const stop = verdict?.stop ?? limit ?? (turns > 0 ? (context.finish ?? undefined) : undefined)
  if (stop === undefined) return { turn, condition: verdict?.state ?? null }
  return { turn: 0, condition: rule?.begin(now) ?? null, finish: null, outcome: { stop } }
}

/** Whether the chat may begin at all: not where the condition is met already, nor with a task the team refuses. */
function check(context: GroupChatContext, task: GroupChatInput['task']): Outcome | null {
  const { condition: rule, selector, names } = context.team()
  if (rule?.met?.(context.condition)) return { stop: 'The group chat has already terminated.' }
  const problem = selector.check?.(context.selector, task, names)
  return problem ? { failure: { message: problem } } : null
}

/** The input of the chart's first event, which XState's types do not show. */
export const inputOf = (event: unknown) => (event as { input: GroupChatInput }).input

/** Chooses the next speakers. What a selector throws ends the run, as an error that names nobody's secrets. */
function select(context: GroupChatContext): Partial<GroupChatContext> {
  try {
    const { selector, names } = context.team()
    const { state, ...choice } = selector.next(context.selector, names)
    if ('stop' in choice) return { selector: state, outcome: { stop: choice.stop } }
    return { settled: context.selector, selector: state, speakers: 'ask' in choice ? [] : choice.speakers }
  } catch (error) {
    return { outcome: { failure: failureOf(error) } }
  }
}

const without = (names: readonly string[], name: string) => {
  const at = names.indexOf(name)
  return at < 0 ? names : names.toSpliced(at, 1)
}
const waits = ({ speakers, awaiting }: Pick<GroupChatContext, 'speakers' | 'awaiting'>) =>
  speakers.length > 0 && awaiting.length === speakers.length

/** The chart that all teams share who speak in turns. A team type brings its selector. */
export const groupChatMachine = setup({
  types: {
    input: {} as GroupChatInput,
    context: {} as GroupChatContext,
    events: {} as GroupChatEvent,
    output: {} as GroupChatOutput
  },
  actors: { participant: participantMachine, choose: unprovided<{ path: string }>('choose') },
  actions: {
    /** Gives what was said to the thread and to the other participants; the runtime provides it. */
    share: () => {},
    /** Tells those who watch who was chosen; the runtime provides it. */
    announce: () => {},
    welcome: enqueueActions(({ context: { team, path }, enqueue }) => {
      for (const { name, opening } of team().participants) {
        enqueue.spawnChild('participant', { id: name, input: { name, opening, path: `${path}/${name}` } })
      }
    }),
    check: assign({ outcome: ({ context, event }) => check(context, inputOf(event).task) }),
    hearTask: assign(({ context, event }) => {
      const { task, now } = inputOf(event)
      const { selector } = context.team()
      const state = selector.hear ? selector.hear(context.selector, task!) : context.selector
      return { selector: state, ...judge(context, task!, 0, now) }
    }),
    select: assign(({ context }) => select(context)),
    take: assign(({ event }) =>
      event.type === 'chosen' ? { selector: event.state, speakers: event.speakers } : {}
    ),
    ask: enqueueActions(({ context, enqueue }) => {
      for (const name of context.speakers) enqueue.sendTo(name, { type: 'speak' })
    }),
    hear: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'said') return
      const { selector } = context.team()
      const state = selector.hear ? selector.hear(context.selector, event.messages) : context.selector
      const speakers = without(context.speakers, event.name)
      enqueue.assign({ selector: state, speakers })
      if (waits({ speakers, awaiting: context.awaiting })) enqueue(sendParent({ type: 'waiting' }))
    }),
    judge: assign(({ context, event }) =>
      event.type === 'said' ? judge(context, event.messages, 1, event.at) : {}
    ),
    wait: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'asked') return
      const awaiting = [...context.awaiting, event.name]
      enqueue.assign({ awaiting })
      if (waits({ ...context, awaiting })) enqueue(sendParent({ type: 'waiting' }))
    }),
    goOn: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'answered') return
      if (waits(context)) enqueue(sendParent({ type: 'going' }))
      enqueue.assign({ awaiting: without(context.awaiting, event.name) })
    }),
    fail: assign(({ event }) =>
      event.type === 'failed' || event.type === 'broke' ? { outcome: { failure: event.failure } } : {}
    ),
    forget: assign(({ context, event }) =>
      'name' in event ? { speakers: without(context.speakers, event.name) } : {}
    ),
    giveUp: assign({ outcome: { cancelled: true } }),
    schedule: assign(({ event }) => (event.type === 'finish' ? { finish: event.reason } : {})),
    passToAll: enqueueActions(({ context, event, enqueue }) => {
      for (const name of context.team().names) enqueue.sendTo(name, event)
    }),
    passToSpeakers: enqueueActions(({ context, event, enqueue }) => {
      for (const name of context.speakers) enqueue.sendTo(name, event)
    }),
    proceed: enqueueActions(({ enqueue }) => enqueue.sendTo('choose', { type: 'proceed' }))
  },
  guards: {
    over: ({ context }) => context.outcome !== null,
    tasked: ({ event }) => inputOf(event).task !== null,
    undecided: ({ context }) => context.speakers.length === 0,
    speaking: ({ context }) => context.speakers.length > 0,
    silent: ({ context }) => context.speakers.length === 0,
    last: ({ context, event }) =>
      event.type === 'said' && context.speakers.length === 1 && context.speakers[0] === event.name
  }
}).createMachine({
  id: 'groupChat',
  context: ({ input: { path, team, progress } }) => ({
    ...progress,
    path,
    team,
    settled: progress.selector,
    speakers: [],
    awaiting: [],
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
        { guard: 'tasked', target: 'judging', actions: ['share', 'hearTask'] },
        { target: 'selecting' }
      ]
    },
    selecting: {
      entry: 'select',
      always: [
        { guard: 'over', target: 'stopped' },
        { guard: 'undecided', target: 'choosing' },
        { target: 'speaking', actions: ['announce', 'ask'] }
      ]
    },
    choosing: {
      invoke: { id: 'choose', src: 'choose', input: ({ context }) => ({ path: context.path }) },
      initial: 'asking',
      on: {
        chosen: { target: 'speaking', actions: ['take', 'announce', 'ask'] },
        broke: { target: 'stopped', actions: 'fail' }
      },
      states: {
        asking: { entry: 'proceed', on: { pause: { target: 'pausing', actions: 'passToAll' } } },
        pausing: {
          on: {
            // Those who are asked now are paused themselves and begin when the pause is over.
            chosen: { target: '#groupChat.paused', actions: ['take', 'announce', 'ask'] },
            resume: { target: 'asking', actions: 'passToAll' }
          }
        }
      }
    },
    speaking: {
      on: {
        said: [
          { guard: 'last', target: 'judging', actions: ['share', 'hear', 'judge'] },
          { actions: ['share', 'hear'] }
        ],
        failed: { target: 'stopped', actions: 'fail' },
        pause: { target: 'paused', actions: 'passToAll' }
      }
    },
    judging: {
      always: [{ guard: 'over', target: 'stopped' }, { target: 'selecting' }]
    },
    paused: {
      on: {
        said: [{ guard: 'last', actions: ['share', 'hear', 'judge'] }, { actions: ['share', 'hear'] }],
        failed: { target: 'stopped', actions: 'fail' },
        resume: [
          { guard: 'speaking', target: 'speaking', actions: 'passToAll' },
          { target: 'judging', actions: 'passToAll' }
        ]
      }
    },
    cancelling: {
      entry: ['giveUp', 'passToSpeakers'],
      always: { guard: 'silent', target: 'stopped' },
      on: {
        cancelled: { actions: 'forget' },
        said: { actions: 'forget' },
        failed: { actions: 'forget' }
      }
    },
    stopped: { type: 'final' }
  },
  output: ({ context: { outcome, turn, selector, condition } }) => ({
    outcome: outcome ?? { cancelled: true },
    progress: { turn, selector, condition }
  })
})

import { assign, enqueueActions, sendParent, sendTo, setup, stopChild } from 'xstate'
import type { Rule } from './conditions/condition.ts'
import type { ChatMessage, TeamMessage } from './message.ts'
import { type Failure, failureOf, type Outcome } from './outcome.ts'
import { participantMachine, type Said, type Step } from './participant.ts'
import { magenticChoiceMachine } from './teams/magentic-choice.ts'
import { type Chosen, demandKnown, type Selector } from './teams/selector.ts'
import { selectorChoiceMachine } from './teams/selector-choice.ts'

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
  /** Those whose turn it is still, where a turn with several speakers was left half done. */
  speakers: readonly string[]
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
  /** The selector's state before it chose the present speakers, while none of them has answered; else null. */
  settled: { selector: unknown } | null
  /** Those of them who wait for a person. */
  awaiting: readonly string[]
  /** Those who were told to give up and have not done so yet. */
  leaving: readonly string[]
  /** When the team last heard something, in milliseconds since 1970. */
  now: number
  /** Why the team is to stop after this turn, if somebody has asked for that. */
  finish: string | null
  outcome: Outcome | null
}

export type GroupChatEvent =
  | ({ type: 'said'; name: string } & Said)
  | { type: 'failed'; name: string; failure: Failure }
  | { type: 'asked' | 'answered' | 'cancelled'; name: string }
  | ({ type: 'chosen' } & Chosen)
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
  condition: team.condition?.begin(now) ?? null,
  speakers: []
})

/** What a team remembers of a chat at any moment: no turn is half done in it. */
export const progressOf = ({
  turn,
  selector,
  settled,
  condition,
  speakers
}: GroupChatContext): TeamProgress =>
  settled ? { turn, condition, ...settled, speakers: [] } : { turn, condition, selector, speakers }

/** Judges what was said last: whether to stop, and what to remember. A stop begins the count anew. */
function judge(
  context: GroupChatContext,
  said: readonly TeamMessage[],
  turns: 0 | 1
): Partial<GroupChatContext> {
  const { condition: rule, maxTurns, selector } = context.team()
  // Where somebody is still to speak, a team that was loaded in the middle of a turn is not over.
  const over = context.speakers.length === 0 ? selector.over?.(context.selector) : undefined
  if (over) return { selector: over.state, ...stopped(context, over.stop) }
  const verdict = rule?.look(context.condition, said, context.now)
  const turn = context.turn + turns
  const limit =
    maxTurns !== null && turn >= maxTurns ? `Maximum number of turns ${maxTurns} reached.` : undefined
  const stop = verdict?.stop ?? limit ?? (turns > 0 ? (context.finish ?? undefined) : undefined)
  if (stop === undefined) return { turn, condition: verdict?.state ?? null }
  return stopped(context, stop)
}

/** Begins all counts anew, so that the team can run again. */
const stopped = ({ team, now }: GroupChatContext, stop: string): Partial<GroupChatContext> => ({
  turn: 0,
  condition: team().condition?.begin(now) ?? null,
  finish: null,
  outcome: { stop }
})

/** What the selector remembers after it has heard something from a participant, or the task (`null`). */
const heard = (
  { team, selector: state }: GroupChatContext,
  messages: readonly TeamMessage[],
  from: string | null
) => {
  const { selector } = team()
  return selector.hear ? selector.hear(state, messages, from) : state
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
    if ('stop' in choice) return { selector: state, ...stopped(context, choice.stop) }
    const settled = { selector: context.selector }
    if ('ask' in choice) return { settled, selector: state, speakers: [] }
    demandKnown(choice.speakers, names)
    return { settled, selector: state, speakers: choice.speakers }
  } catch (error) {
    return { outcome: { failure: failureOf(error) } }
  }
}

/** What follows from a choice. It is not made a second time when the team is saved and loaded before anybody spoke. */
function take(context: GroupChatContext, { state, speakers, stop, at }: Chosen): Partial<GroupChatContext> {
  const taken = { selector: state, settled: null, now: at }
  if (stop === undefined) return { ...taken, speakers }
  return { ...taken, ...stopped({ ...context, now: at }, stop) }
}

const without = (names: readonly string[], name: string) => {
  const at = names.indexOf(name)
  return at < 0 ? names : names.toSpliced(at, 1)
}
const waits = ({ speakers, awaiting }: Pick<GroupChatContext, 'speakers' | 'awaiting'>) =>
  speakers.length > 0 && speakers.every((name) => awaiting.includes(name))

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
    /** Gives what was said to the thread and to the other participants; the runtime provides it. */
    share: () => {},
    /** Tells those who watch who was chosen; the runtime provides it. */
    announce: () => {},
    /** Lets whoever saves the team know what to remember; the runtime provides it. */
    keep: () => {},
    welcome: enqueueActions(({ context: { team, path }, enqueue }) => {
      for (const { name, opening } of team().participants) {
        enqueue.spawnChild('participant', { id: name, input: { name, opening, path: `${path}/${name}` } })
      }
    }),
    check: assign({ outcome: ({ context, event }) => check(context, inputOf(event).task) }),
    hearTask: assign(({ context, event }) => {
      const { task } = inputOf(event)
      const selector = heard(context, task!, null)
      const judged = context.team().selector.judgesTask ?? true
      return { selector, ...(judged ? judge({ ...context, selector }, task!, 0) : {}) }
    }),
    select: assign(({ context }) => select(context)),
    consult: enqueueActions(({ context: { team, path }, enqueue }) => {
      enqueue.spawnChild(team().selector.choice!, { id: 'choice', input: { path } })
    }),
    take: assign(({ context, event }) => (event.type === 'chosen' ? take(context, event) : {})),
    ask: enqueueActions(({ context, enqueue }) => {
      for (const name of new Set(context.speakers)) enqueue.sendTo(name, { type: 'speak' })
    }),
    hear: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'said') return
      const selector = heard(context, event.messages, event.name)
      const speakers = without(context.speakers, event.name)
      enqueue.assign({ selector, speakers, settled: null, now: event.at })
      if (speakers.includes(event.name)) enqueue.sendTo(event.name, { type: 'speak', again: true })
      if (waits({ speakers, awaiting: context.awaiting })) enqueue(sendParent({ type: 'waiting' }))
    }),
    judge: assign(({ context, event }) =>
      event.type === 'said' ? judge(context, event.messages, 1) : {}
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
      'name' in event ? { leaving: without(context.leaving, event.name) } : {}
    ),
    // Whose turn it was is remembered: they are asked again when the team goes on.
    giveUp: assign(({ context }) => ({
      outcome: { cancelled: true },
      leaving: [...new Set(context.speakers)]
    })),
    schedule: assign(({ event }) => (event.type === 'finish' ? { finish: event.reason } : {})),
    passToAll: enqueueActions(({ context, event, enqueue }) => {
      for (const name of context.team().names) enqueue.sendTo(name, event)
    }),
    passToLeaving: enqueueActions(({ context, event, enqueue }) => {
      for (const name of context.leaving) enqueue.sendTo(name, event)
    }),
    passToChoice: sendTo('choice', ({ event }) => event)
  },
  guards: {
    concludes: ({ event }) => event.type === 'chosen' && event.stop !== undefined,
    over: ({ context }) => context.outcome !== null,
    tasked: ({ event }) => inputOf(event).task !== null,
    speaking: ({ context }) => context.speakers.length > 0,
    silent: ({ context }) => context.speakers.length === 0,
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
        { guard: 'tasked', target: 'judging', actions: ['share', 'hearTask', 'keep'] },
        { target: 'judging', actions: 'keep' }
      ]
    },
    judging: {
      always: [
        { guard: 'over', target: 'stopped' },
        // A team may have been saved in the middle of a turn with several speakers.
        { guard: 'speaking', target: 'speaking', actions: 'ask' },
        { target: 'selecting' }
      ]
    },
    selecting: {
      entry: 'select',
      always: [
        { guard: 'over', target: 'stopped' },
        { guard: 'silent', target: 'choosing' },
        { target: 'speaking', actions: ['announce', 'ask', 'keep'] }
      ]
    },
    choosing: {
      entry: 'consult',
      exit: stopChild('choice'),
      initial: 'running',
      on: {
        chosen: [
          { guard: 'concludes', target: 'stopped', actions: ['share', 'take'] },
          { target: 'speaking', actions: ['share', 'take', 'announce', 'ask', 'keep'] }
        ],
        broke: { target: 'stopped', actions: 'fail' }
      },
      states: {
        running: { on: { pause: { target: 'paused', actions: ['passToAll', 'passToChoice'] } } },
        paused: {
          on: {
            // Those who are asked now are paused themselves, and begin when the pause is over.
            chosen: { target: '#groupChat.paused', actions: ['share', 'take', 'announce', 'ask', 'keep'] },
            resume: { target: 'running', actions: ['passToAll', 'passToChoice'] }
          }
        }
      }
    },
    speaking: {
      on: {
        said: [
          { guard: 'last', target: 'judging', actions: ['share', 'hear', 'judge', 'keep'] },
          { actions: ['share', 'hear', 'keep'] }
        ],
        failed: { target: 'stopped', actions: 'fail' },
        pause: { target: 'paused', actions: 'passToAll' }
      }
    },
    paused: {
      on: {
        said: [
          { guard: 'last', actions: ['share', 'hear', 'judge', 'keep'] },
          { actions: ['share', 'hear', 'keep'] }
        ],
        failed: { target: 'stopped', actions: 'fail' },
        resume: [
          { guard: 'speaking', target: 'speaking', actions: 'passToAll' },
          { target: 'judging', actions: 'passToAll' }
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
    progress: progressOf(context)
  })
})

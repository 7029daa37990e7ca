import type { ChatMessage, TeamMessage } from './messages/index.ts'
import { type EndedBy, failureOf, type Outcome } from './shared/outcome.ts'
import type { GroupChatInput, TeamDefinition, TeamProgress } from './team-types.ts'
import { type Chosen, demandKnown } from './teams/selector.ts'

/** Why a team is to stop, and who wants that. */
export interface Wish {
  stop: string
  by: EndedBy
}

export interface GroupChatContext extends TeamProgress {
  path: string
  // A function, because functions are not saved.
  team: () => TeamDefinition
  /** The selector's state before it chose the present speakers, while none of them has answered; else null. */
  settled: { selector: unknown } | null
  /** The speakers that wait for a person. */
  awaiting: readonly string[]
  /** The speakers that were cancelled and have not confirmed it yet. */
  leaving: readonly string[]
  /** When the last messages came, in milliseconds since 1970. */
  now: number
  /** Why the team is to stop after this turn, where a graceful stop was requested or a limit was reached. */
  finish: Wish | null
  outcome: Outcome | null
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
  speakers,
  ended,
  endedBy
}: GroupChatContext): TeamProgress => ({
  ...(settled ? { turn, condition, ...settled, speakers: [] } : { turn, condition, selector, speakers }),
  ...(ended !== undefined && { ended }),
  ...(endedBy !== undefined && { endedBy })
})

/** Keeps the stop reason of a chat that ended in a pause: saved then, it must not begin anew when it is loaded. */
export const endInPause = ({ outcome }: GroupChatContext): Partial<GroupChatContext> =>
  outcome && 'stop' in outcome ? { ended: outcome.stop, endedBy: outcome.by } : {}

/** What a team remembers when its chat stops. The stop reason is kept only where it is not published now. */
export const finalProgressOf = (context: GroupChatContext): TeamProgress => {
  const told = context.outcome !== null && 'stop' in context.outcome
  return progressOf(told ? { ...context, ended: undefined, endedBy: undefined } : context)
}

/** Checks the termination condition and the limit of turns on the last messages. A stop resets both. */
export function checkTermination(
  context: GroupChatContext,
  said: readonly TeamMessage[],
  turns: 0 | 1
): Partial<GroupChatContext> {
  const { condition: rule, maxTurns, selector } = context.team()
  // With speakers left, a team that was loaded in the middle of a turn is not over.
  const over = context.speakers.length === 0 ? selector.over?.(context.selector) : undefined
  if (over) return { selector: over.state, ...stopped(context, over.stop) }
  const verdict = rule?.look(context.condition, said, context.now)
  const turn = context.turn + turns
  const limit =
    maxTurns !== null && turn >= maxTurns ? `Maximum number of turns ${maxTurns} reached.` : undefined
  if (verdict?.stop !== undefined) return stopped(context, verdict.stop, verdict.by)
  if (limit !== undefined) return stopped(context, limit)
  if (turns > 0 && context.finish) return stopped(context, context.finish.stop, context.finish.by)
  return { turn, condition: verdict?.state ?? null }
}

/** Begins all counts anew, so that the team can run again. */
const stopped = ({ team, now }: GroupChatContext, stop: string, by?: EndedBy): Partial<GroupChatContext> => ({
  turn: 0,
  condition: team().condition?.begin(now) ?? null,
  finish: null,
  outcome: { stop, ...(by !== undefined && { by }) }
})

/** Stops between two turns at a graceful stop; a chat that has ended anyway keeps its own reason. */
export const stopNow = (context: GroupChatContext, { stop, by }: Wish): Partial<GroupChatContext> =>
  context.outcome ? {} : stopped(context, stop, by)

/** Cancels the chat. Its speakers are remembered: they are asked again when the team goes on. */
export const cancelSpeakers = ({ speakers }: GroupChatContext): Partial<GroupChatContext> => ({
  outcome: { cancelled: true },
  leaving: [...new Set(speakers)]
})

/** The selector's state after messages of a participant, or the task (`from` null). */
export const selectorAfter = (
  { team, selector: state }: GroupChatContext,
  messages: readonly TeamMessage[],
  from: string | null
) => {
  const { selector } = team()
  return selector.hear ? selector.hear(state, messages, from) : state
}

/** Takes a task, which may fulfil the termination condition already. */
export function applyTask(
  context: GroupChatContext,
  task: readonly ChatMessage[]
): Partial<GroupChatContext> {
  const selector = selectorAfter(context, task, null)
  const judged = context.team().selector.judgesTask ?? true
  return { selector, ...(judged ? checkTermination({ ...context, selector }, task, 0) : {}) }
}

/** The input of the chart's first event, which XState's types do not show. */
export const inputOf = (event: unknown) => (event as { input: GroupChatInput }).input

/**
 * Whether the chat may begin at all: not where it came to its end before and nothing new is asked, where the condition
 * is met already, nor with a task the team refuses.
 */
export function checkStart(
  context: GroupChatContext,
  task: GroupChatInput['task']
): Pick<GroupChatContext, 'outcome' | 'ended' | 'endedBy'> {
  return { outcome: problemOf(context, task), ended: undefined, endedBy: undefined }
}

function problemOf(context: GroupChatContext, task: GroupChatInput['task']): Outcome | null {
  const { condition: rule, selector, names } = context.team()
  if (task === null && context.ended !== undefined)
    return { stop: context.ended, ...(context.endedBy && { by: context.endedBy }) }
  if (rule?.met?.(context.condition)) return { stop: 'The group chat has already terminated.' }
  const problem = selector.check?.(context.selector, task, names)
  return problem ? { failure: { message: problem } } : null
}

/** Turns what a selector or a condition throws into the run's failure, so that speakers under way are cancelled in order. */
export function orFailure(work: () => Partial<GroupChatContext>): Partial<GroupChatContext> {
  try {
    return work()
  } catch (error) {
    return { outcome: { failure: failureOf(error) } }
  }
}

/** Chooses the next speakers. */
export function selectSpeakers(context: GroupChatContext): Partial<GroupChatContext> {
  const { selector, names } = context.team()
  const { state, ...choice } = selector.next(context.selector, names)
  if ('stop' in choice) return { selector: state, ...stopped(context, choice.stop) }
  const settled = { selector: context.selector }
  if ('ask' in choice) return { settled, selector: state, speakers: [] }
  demandKnown(choice.speakers, names)
  return { settled, selector: state, speakers: choice.speakers }
}

/** Takes the last answer of a turn: updates the selector, checks termination, and selects the next speakers where that takes no asking. */
export function endTurn(
  context: GroupChatContext,
  { name, messages, at }: { name: string; messages: readonly TeamMessage[]; at: number }
): Partial<GroupChatContext> {
  const speakers = without(context.speakers, name)
  const hears = orFailure(() => ({ selector: selectorAfter(context, messages, name) }))
  const told = { ...hears, speakers, settled: null, now: at }
  if (context.outcome || told.outcome) return told
  const judged = { ...told, ...orFailure(() => checkTermination({ ...context, ...told }, messages, 1)) }
  return judged.outcome
    ? judged
    : { ...judged, ...orFailure(() => selectSpeakers({ ...context, ...judged })) }
}

/** Applies a choice. It is not made again where the team is saved and loaded before a speaker has answered. */
export function applyChoice(
  context: GroupChatContext,
  { state, speakers, stop, at }: Chosen
): Partial<GroupChatContext> {
  const taken = { selector: state, settled: null, now: at }
  if (stop === undefined) return { ...taken, speakers }
  return { ...taken, ...stopped({ ...context, now: at }, stop) }
}

/** The names but one: the first that is this name. */
export const without = (names: readonly string[], name: string) => {
  const at = names.indexOf(name)
  return at < 0 ? names : names.toSpliced(at, 1)
}

/** Whether all speakers of the turn wait for a person. */
export const allAwaitInput = ({ speakers, awaiting }: Pick<GroupChatContext, 'speakers' | 'awaiting'>) =>
  speakers.length > 0 && speakers.every((name) => awaiting.includes(name))

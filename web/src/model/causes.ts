import type { InspectionEvent, SnapshotEvent } from '../../../src/runtime/inspection/events.ts'
import { eventWords } from '../../build/words.ts'
import { namesOf } from './paths.ts'
import { valuePath } from './states.ts'
import { type ActorNow, type Actors, eventName, type Timeline } from './timeline.ts'
import { managerWords, stateWords } from './words.ts'

/** One line of the log: what an actor did in a causal step. */
export interface LogLine {
  /** The moment that the line belongs to, of those in the timeline. */
  moment: number
  actor: string
  /** `writer`, or `research › reader`. */
  label: string
  /** What happened, for people. */
  text: string
  /** The event and the states, as the chart names them. */
  technical: string
  /** Milliseconds since 1970. */
  at: number
  /** 0 for what began the step, 1 for what followed from it. */
  depth: 0 | 1
  /** The turn that begins with this line, from 1; null where none does. */
  turn: number | null
}

/** The lines of the log for the moments from one on: causes before what followed from them. */
export function logLines(timeline: Timeline, from: number): LogLine[] {
  const lines: LogLine[] = []
  for (let moment = from; moment < timeline.moments.length; moment++) {
    const events = timeline.stepOf(moment)
    const moved = events.filter(
      (event): event is SnapshotEvent => event.type === '@xstate.snapshot' && event.transitions.length > 0
    )
    for (const [index, event] of moved.entries())
      lines.push({
        ...{ moment, actor: event.sessionId, at: Number(event.createdAt), depth: index === 0 ? 0 : 1 },
        ...{ ...wordsOf(event, events, timeline.now.actors), technical: technicalOf(event) },
        turn: index === 0 ? turnAt(timeline, moment) : null
      })
  }
  return lines
}

/** A turn begins with the step after the one in which the turn before it ended. */
function turnAt({ turns }: Timeline, moment: number): number | null {
  if (moment === 0) return null
  const [before, before2] = [turns[moment - 1]!, turns[moment - 2] ?? 0]
  return before > before2 ? before + 1 : null
}

const technicalOf = ({ event, transitions, snapshot }: SnapshotEvent): string => {
  const [from] = transitions
  const left = from ? from.from.split('.').slice(1).join('.') : ''
  return `${left || '·'} → ${valuePath(snapshot.value)} (${eventWords(eventName(event))})`
}

/** What an actor did, for people. */
function wordsOf(
  event: SnapshotEvent,
  step: readonly InspectionEvent[],
  actors: Actors
): { label: string; text: string } {
  const { sessionId: id, snapshot } = event
  const { machine = '', name = '' } = actors.get(id) ?? {}
  if (machine === 'run')
    return { label: 'run', text: runText(eventName(event.event), valuePath(snapshot.value)) }
  const names = namesOf(id)
  if (machine === 'groupChat') {
    const manager = { ...actors.get(id)!, ...snapshot } as ActorNow
    return { label: [...names, 'team'].join(' › '), text: managerText(manager) }
  }
  const own = CHOOSERS[machine] ?? name
  return { label: [...names.slice(0, -1), own].join(' › '), text: memberText(event, step) }
}

const CHOOSERS: Readonly<Record<string, string>> = {
  selectorChoice: 'selector',
  magenticChoice: 'orchestrator'
}

const managerText = (manager: ActorNow): string => {
  const words = managerWords(manager)
  return words.startsWith('waiting for') ? words.replace('waiting for', 'asks') : `is ${words}`
}

const runTexts: Readonly<Record<string, string>> = {
  starting: 'starts: the team is loaded',
  'running.active': 'is under way',
  'running.awaitingInput': 'only waits for a person now',
  'running.paused': 'is paused',
  cancelling: 'is stopped: all members give up',
  completed: 'is complete',
  cancelled: 'was stopped',
  failed: 'has failed'
}

const runText = (event: string, path: string): string =>
  event === 'resume' ? 'is resumed' : (runTexts[path] ?? path)

function memberText({ event, snapshot, effects }: SnapshotEvent, step: readonly InspectionEvent[]): string {
  const name = eventName(event)
  const { failure } = event as { failure?: { message?: unknown } }
  if (name === 'broke') return `fails: ${String(failure?.message ?? '')}`
  if (name === 'said') return 'has spoken'
  if (name === 'lead') return 'has its team begin'
  if (name === 'xstate.done.actor.team') return 'hears that its team is done'
  if (name === 'chosen') {
    const { speakers } = event as { speakers?: unknown }
    return Array.isArray(speakers) && speakers.length > 0
      ? `chooses ${speakers.join(', ')}`
      : 'has its final answer'
  }
  const { clause } = stateWords(snapshot.value)
  const began = clause.replace(/^is /, 'begins: ').replace(/^waits /, 'begins to wait ')
  const answered = effects?.some(({ usage }) => usage) ? 'has its model’s answer, ' : ''
  return step.length > 0 && answered ? `${answered}${clause}` : name === 'speak' ? began : clause
}

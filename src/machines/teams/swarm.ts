import type { TeamMessage } from '../messages/index.ts'
import type { Selector } from './selector.ts'

/** What a swarm remembers. */
export interface SwarmProgress {
  /** Who spoke last, or speaks first. */
  current: string
  /** The target of the latest handoff in the thread: perhaps no participant. */
  target: string | null
}

/** To whom the latest of these messages that hands over does so. */
export const handoffIn = (messages: readonly TeamMessage[]): string | null => {
  const handoff = messages.findLast((message) => message.type === 'HandoffMessage')
  return handoff?.type === 'HandoffMessage' ? handoff.target : null
}

/** The target of the latest handoff speaks, again and again until the next handoff; the first participant begins. */
export const swarm: Selector<SwarmProgress> = {
  begin: ([first]) => ({ current: first!, target: null }),
  check({ target }, task, participants) {
    // Only the first handoff of a task is looked at; who speaks is decided by the last.
    const handoff = task?.find((message) => message.type === 'HandoffMessage')
    if (handoff?.type === 'HandoffMessage') {
      return participants.includes(handoff.target)
        ? undefined
        : `The target ${handoff.target} is ${noneOf(participants)} Hand the task to one of them to go on.`
    }
    if (target === null || participants.includes(target)) return undefined
    return (
      `The existing handoff target ${target} is ${noneOf(participants)} To resume, let the new task be or ` +
      'contain a HandoffMessage with a valid participant as its target.'
    )
  },
  hear: (state, messages) => ({ ...state, target: handoffIn(messages) ?? state.target }),
  next(state, participants) {
    const current = state.target ?? state.current
    if (!participants.includes(current))
      throw new Error(`The handoff target ${current} is ${noneOf(participants)}`)
    return { state: { ...state, current }, speakers: [current] }
  }
}

const noneOf = (participants: readonly string[]) => `not one of the participants: ${participants.join(', ')}.`

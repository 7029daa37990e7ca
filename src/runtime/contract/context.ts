import type { TeamProgress } from '../../machines/group-chat.ts'
import type { ChatMessage, TeamMessage } from '../../machines/messages/index.ts'
import type { Chosen } from '../../machines/teams/selector.ts'
import type { RunContext } from '../execution/run-context.ts'
import type { Agent, Effect, Turn } from './agent.ts'

/** A participant's place in a team: the agent, what it has not been given to answer yet, and how often it spoke. */
export interface ParticipantContext {
  agent: Agent
  unread: ChatMessage[]
  turns: number
  /** How many of those the turn that it has not ended yet has begun with: what comes later is for the next one. */
  answering?: number
  /**
   * The agent's state from before a turn that goes on, where a team inside the agent is led in it: such a turn is all
   * or nothing too, although the team remembers what it does as it does it.
   */
  stateBefore?: Record<string, unknown>
}

/** A team as its actors reach it: its seats and what was said. */
export interface TeamContext {
  /** The name under which the team's own events are shown. */
  manager: string
  emitTeamEvents: boolean
  /** How often the team itself has chosen with the help of a model. */
  choices: number
  /** What the team remembers; kept up to date while it runs. */
  progress: TeamProgress
  /** Chooses who speaks next where that takes asking. */
  choose?(stage: RunContext, path: string, turn: Turn): Generator<Effect, Omit<Chosen, 'at'>, unknown>
  participants: ReadonlyMap<string, ParticipantContext>
  thread: TeamMessage[]
  /** Whether the thread holds only what is heard, without the events of the turns. */
  heardOnly?: boolean
}

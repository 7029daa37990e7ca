import type { Rule } from './conditions/rule.ts'
import type { ChatMessage } from './messages/index.ts'
import type { EndedBy, Outcome } from './shared/outcome.ts'
import type { Selector } from './teams/selector.ts'

/** What an agent does next in its turn, in the words of the chart's states. */
export type Step =
  | 'recall'
  | 'askModel'
  | 'askApproval'
  | 'runTools'
  | 'reflect'
  | 'askPerson'
  | 'work'
  | 'lead'

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
  /** The speakers that have not answered, where a turn with several speakers was left half done. */
  speakers: readonly string[]
  /** Why the chat is over, where it ended in a pause: published when the chat goes on. */
  ended?: string | undefined
  /** Who had ended it, where it did not come to its end by itself. */
  endedBy?: EndedBy | undefined
}

export interface GroupChatInput {
  /** Where the team stands in the run: `team`, or `team/inner` for a nested one. */
  path: string
  team: () => TeamDefinition
  progress: TeamProgress
  task: readonly ChatMessage[] | null
  /** Whether the messages of the task are published. */
  showTask: boolean
  /** Milliseconds since 1970. */
  now: number
}

/** How a team's run ended, and what the team remembers for the next. */
export interface GroupChatOutput {
  outcome: Outcome
  progress: TeamProgress
}

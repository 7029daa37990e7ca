import type { TerminationCondition } from '../../machines/conditions/index.ts'
import type { MessageType } from '../../machines/messages/index.ts'

/** What all teams may be told. */
export interface TeamOptions {
  name?: string | null
  description?: string | null
  /** When the team stops. A team that does not end by itself needs this or `maxTurns`. */
  until?: TerminationCondition | null
  /** AutoGen's name of `until`. */
  terminationCondition?: TerminationCondition | null
  /** The most turns; more than 0. `Infinity` says that there is no end. */
  maxTurns?: number | null
  /** Whether the choice of each speaker is shown; not unless told. */
  emitTeamEvents?: boolean
  /** Types of messages besides the built-in ones and those of the participants. */
  customMessageTypes?: readonly MessageType[]
}

/** Marks options that come from a component: what could run is taken as it is, and said in a note. */
export const fromConfig = Symbol('from a component')

/** Options with or without the mark. */
export type MarkedTeamOptions = TeamOptions & { [fromConfig]?: true }

/** Their names. */
export const teamOptionNames: readonly string[] = [
  ...['name', 'description', 'until', 'terminationCondition', 'maxTurns', 'emitTeamEvents'],
  'customMessageTypes'
]

/** The condition among options, under either name. */
export const conditionIn = ({ until, terminationCondition }: TeamOptions): TerminationCondition | null =>
  until ?? terminationCondition ?? null

/** The limit of turns among options; null is none. */
export const maxTurnsIn = ({ maxTurns }: TeamOptions): number | null =>
  maxTurns == null || maxTurns === Number.POSITIVE_INFINITY ? null : maxTurns

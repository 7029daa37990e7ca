import type { TerminationCondition } from '../../machines/conditions/index.ts'
import type { MessageType } from '../../machines/messages/index.ts'
import type { RunLimits } from '../../protocol/run-options.ts'
import type { Guard } from '../contract/guards.ts'
import type { Hooks } from '../contract/hooks.ts'

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
  /**
   * What ends its runs: `turns`, `tokens` and `cost` after the turn in which they are reached, `seconds` at once. Those of
   * a nested team do not count.
   */
  limits?: RunLimits | null
  /** Functions that hear what its runs do. */
  on?: Hooks | null
  /** Look at tasks and at what is said, those of nested teams included, and rewrite or refuse it. */
  guards?: readonly Guard[] | null
}

/** Marks options that come from a component: what could run is taken as it is, and said in a note. */
export const fromConfig = Symbol('from a component')

/** Options with or without the mark. */
export type MarkedTeamOptions = TeamOptions & { [fromConfig]?: true }

/** Their names. */
export const teamOptionNames: readonly string[] = [
  ...['name', 'description', 'until', 'terminationCondition', 'maxTurns', 'emitTeamEvents'],
  'customMessageTypes',
  'limits',
  'on',
  'guards'
]

/** The condition among options, under either name. */
export const conditionIn = ({ until, terminationCondition }: TeamOptions): TerminationCondition | null =>
  until ?? terminationCondition ?? null

/** The limit of turns among options; null is none. */
export const maxTurnsIn = ({ maxTurns }: TeamOptions): number | null =>
  maxTurns == null || maxTurns === Number.POSITIVE_INFINITY ? null : maxTurns

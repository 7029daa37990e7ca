import { z } from 'zod'
import type { Nested } from '../../machines/component/component.ts'
import type { TerminationCondition } from '../../machines/conditions/index.ts'
import { RunLimits } from '../../protocol/run-options.ts'
import type { Agent } from '../contract/agent.ts'
import type { Guard } from '../contract/guards.ts'
import type { Hooks } from '../contract/hooks.ts'
import { Team } from '../team/team.ts'
import {
  conditionIn,
  fromConfig,
  type MarkedTeamOptions,
  maxTurnsIn,
  type TeamOptions
} from '../team/team-options.ts'

/** What the configs of all teams may hold. */
export const teamFields = (nested: Nested) => ({
  name: z.string().nullish(),
  description: z.string().nullish(),
  termination_condition: nested<TerminationCondition>('termination').nullish(),
  max_turns: z.int().nullish(),
  /** Ours: what ends its runs. */
  limits: RunLimits.nullish(),
  /** In a program only: hears what its runs do. */
  on: z.custom<Hooks>((value) => typeof value === 'object').optional(),
  /** In a program only: look at what comes in and goes out. */
  guards: z.array(z.custom<Guard>((value) => typeof value === 'object')).optional()
})
/** Whether the choice of each speaker is shown; not every team can be told. */
export const emit_team_events = z.boolean().default(false)

type TeamFields = z.infer<z.ZodObject<ReturnType<typeof teamFields>>> & { emit_team_events?: boolean }

/** The fields of a config as the options of a team. */
export const optionsOf = (config: TeamFields): MarkedTeamOptions => ({
  name: config.name,
  description: config.description,
  terminationCondition: config.termination_condition,
  maxTurns: config.max_turns,
  emitTeamEvents: config.emit_team_events,
  ...(config.limits && { limits: config.limits }),
  ...(config.on && { on: config.on }),
  ...(config.guards && { guards: config.guards }),
  [fromConfig]: true
})

/** The options of a team that was made in the library as the fields of its config. */
export const fieldsOf = (
  team: Pick<Team, 'name' | 'description'>,
  participants: readonly Agent[],
  options: TeamOptions
) => ({
  name: team.name,
  description: team.description,
  participants: [...participants],
  termination_condition: conditionIn(options) ?? undefined,
  max_turns: maxTurnsIn(options) ?? undefined,
  ...(options.limits && { limits: options.limits }),
  ...(options.on && { on: options.on }),
  ...(options.guards && { guards: [...options.guards] })
})

/** Throws where a team is to take part in one that takes agents only. */
export function demandAgents(participants: readonly Agent[], type: string): void {
  const team = participants.find((participant) => participant instanceof Team)
  if (team) throw new Error(`"${team.name}" is a team, and only agents can take part in a ${type}.`)
}

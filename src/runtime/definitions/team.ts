import { z } from 'zod'
import { type ComponentType, type Nested, remember } from '../../machines/component/component.ts'
import { readConfig } from '../../machines/component/define.ts'
import { demandOptions } from '../../machines/shared/option-names.ts'
import type { Selector } from '../../machines/teams/selector.ts'
import type { Agent } from '../contract/agent.ts'
import type { ContextOfMembers, OutputOfMembers } from '../contract/typing.ts'
import { Team, type TeamOptions, type TeamType } from '../team/team.ts'
import { teamOptionNames } from '../team/team-options.ts'
import { emit_team_events, fieldsOf, optionsOf, teamFields } from '../teams/config.ts'

/** What makes a kind of team of one's own. */
export interface TeamDefinition<Shape extends z.ZodRawShape, State> {
  /** The name under which configs find it: `my.teams.PanelChat`. */
  provider: string
  description?: string
  /** The schema of its config, without what all teams have. */
  config?: z.ZodObject<Shape>
  /** Chooses who speaks next: a reducer with JSON state. */
  selector(config: z.output<z.ZodObject<Shape>>): Selector<State>
  /** Whether its selector ends the run by itself, so that a team needs neither `until` nor `maxTurns`. */
  endsItself?: boolean
}

/** Makes teams of one's own kind, and lets configs name it where it is registered. */
export type TeamMaker<Shape extends z.ZodRawShape> = ComponentType<Team, object> &
  (<const Members extends readonly Agent[]>(
    participants: Members,
    options?: TeamOptions & z.input<z.ZodObject<Shape>>
  ) => Team<OutputOfMembers<Members>, ContextOfMembers<Members>>)

class DefinedTeam extends Team {
  // biome-ignore lint/suspicious/noExplicitAny: each type of team has a state of its own
  constructor(type: TeamType<any>, participants: readonly Agent[], options: TeamOptions) {
    super(type, participants, options)
  }
}

/** Declares a kind of team as a component. Called with participants and options, it makes such a team. */
export function defineTeam<Shape extends z.ZodRawShape = z.ZodRawShape, State = unknown>(
  given: TeamDefinition<Shape, State>
): TeamMaker<Shape> {
  const { provider, description = `A team of the kind "${provider}".`, selector, endsItself } = given
  const own = given.config ?? z.object({})
  const ownNames = Object.keys(own.shape)
  const name = provider.slice(provider.lastIndexOf('.') + 1)
  const make = (participants: readonly Agent[], options: TeamOptions, config: object): Team => {
    const type = { name, description, endsItself, ...stateOf<State>(name) }
    const team = new DefinedTeam(
      { ...type, selector: selector(config as z.output<z.ZodObject<Shape>>) },
      participants,
      options
    )
    const fields = { ...fieldsOf(team, participants, options), emit_team_events: team.emitTeamEvents }
    return remember(component, { ...fields, ...config }, team)
  }
  const component: ComponentType<Team, object> = {
    ...{ provider, description },
    kind: 'team',
    version: 1,
    config: (nested: Nested) =>
      z.object({
        ...own.shape,
        ...teamFields(nested),
        participants: z.array(nested<Agent>('agent', 'team')),
        emit_team_events
      }),
    create(config) {
      const { participants, ...fields } = config as { participants: Agent[] } & Record<string, unknown>
      return make(participants, optionsOf(fields), pick(fields, ownNames))
    }
  }
  const maker = (participants: readonly Agent[], options: TeamOptions & Record<string, unknown> = {}) => {
    demandOptions(name, options, [...teamOptionNames, ...ownNames])
    const config = readConfig<object>(name, own, pick(options, ownNames))
    return make(participants, pick(options, teamOptionNames), config)
  }
  return Object.assign(maker, component) as unknown as TeamMaker<Shape>
}

/** How the selector's state is saved: as it is, under a key of its own. */
const stateOf = <State>(name: string) => ({
  manager: `${name}Manager`,
  state: {
    type: `${name}ManagerState`,
    save: (selector: State) => ({ selector }),
    load: ({ selector }: Record<string, unknown>) => selector as State
  }
})

const pick = (from: Record<string, unknown>, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(names.filter((name) => name in from).map((name) => [name, from[name]]))

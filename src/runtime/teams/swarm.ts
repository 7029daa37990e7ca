import { z } from 'zod'
import { type ComponentType, type Nested, remember } from '../../machines/component/component.ts'
import type { TeamMessage } from '../../machines/messages/index.ts'
import { handoffIn, type SwarmProgress, swarm } from '../../machines/teams/swarm.ts'
import type { Agent } from '../contract/agent.ts'
import type { ContextOfMembers, OutputOfMembers } from '../contract/typing.ts'
import { Team, type TeamOptions, type TeamType } from '../team/team.ts'
import { read } from '../team/team-state.ts'
import { demandAgents, emit_team_events, fieldsOf, optionsOf, teamFields } from './config.ts'

const Config = (nested: Nested) =>
  z.looseObject({ ...teamFields(nested), participants: z.array(nested<Agent>('agent')), emit_team_events })
type Config = z.infer<ReturnType<typeof Config>>

const type: TeamType<SwarmProgress> = {
  name: 'Swarm',
  description: 'A team whose participants hand the word to each other.',
  manager: 'SwarmGroupChatManager',
  selector: swarm,
  state: {
    type: 'SwarmManagerState',
    save: ({ current }) => ({ current_speaker: current }),
    load({ current_speaker, message_thread }, names) {
      const Speaker = z.enum(names as [string, ...string[]])
      const current = current_speaker ? read(Speaker, current_speaker, 'current_speaker') : names[0]!
      return { current, target: handoffIn(message_thread as TeamMessage[]) }
    }
  }
}

/** A team of agents who hand the word to each other; the first one begins. */
export class Swarm<const Members extends readonly Agent[] = readonly Agent[]> extends Team<
  OutputOfMembers<Members>,
  ContextOfMembers<Members>
> {
  constructor(participants: Members, options: TeamOptions = {}) {
    demandAgents(participants, type.name)
    super(type, participants, options)
    if (participants[0]?.handsOff === false)
      throw new Error('The first participant must be able to produce handoff messages.')
    const config = { ...fieldsOf(this, participants, options), emit_team_events: this.emitTeamEvents }
    remember(swarmTeam, config, this)
  }
}

/** The component type of swarms. */
export const swarmTeam: ComponentType<Swarm, Config> = {
  provider: 'autogen_agentchat.teams.Swarm',
  kind: 'team',
  version: 1,
  description: type.description,
  config: Config,
  create: ({ participants, ...config }) => new Swarm(participants, optionsOf(config))
}

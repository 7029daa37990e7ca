import { z } from 'zod'
import { type ComponentType, type Nested, remember } from '../../machines/component/component.ts'
import { roundRobin } from '../../machines/teams/round-robin.ts'
import type { Agent } from '../contract/agent.ts'
import type { ContextOfMembers, OutputOfMembers } from '../contract/typing.ts'
import { Team, type TeamOptions, type TeamType } from '../team/team.ts'
import { read } from '../team/team-state.ts'
import { emit_team_events, fieldsOf, optionsOf, teamFields } from './config.ts'

const Config = (nested: Nested) =>
  z.looseObject({
    ...teamFields(nested),
    participants: z.array(nested<Agent>('agent', 'team')),
    emit_team_events
  })
type Config = z.infer<ReturnType<typeof Config>>

const Index = z.int().nonnegative().default(0)

const type: TeamType<number> = {
  name: 'RoundRobinGroupChat',
  description: 'A team whose participants speak in turn.',
  manager: 'RoundRobinGroupChatManager',
  selector: roundRobin,
  state: {
    type: 'RoundRobinManagerState',
    save: (next_speaker_index) => ({ next_speaker_index }),
    load: ({ next_speaker_index }, { length }) =>
      read(Index, next_speaker_index, 'next_speaker_index') % length
  }
}

/** A team whose participants speak in turn, in the order in which they are given. */
export class RoundRobinGroupChat<const Members extends readonly Agent[] = readonly Agent[]> extends Team<
  OutputOfMembers<Members>,
  ContextOfMembers<Members>
> {
  constructor(participants: Members, options: TeamOptions = {}) {
    super(type, participants, options)
    const config = { ...fieldsOf(this, participants, options), emit_team_events: this.emitTeamEvents }
    remember(roundRobinGroupChat, config, this)
  }
}

export const roundRobinGroupChat: ComponentType<RoundRobinGroupChat, Config> = {
  provider: 'autogen_agentchat.teams.RoundRobinGroupChat',
  kind: 'team',
  version: 1,
  description: type.description,
  config: Config,
  create: ({ participants, ...config }) => new RoundRobinGroupChat(participants, optionsOf(config))
}

import { z } from 'zod'
import { type ComponentType, type Nested, remember } from '../../machines/component.ts'
import type { TerminationCondition } from '../../machines/conditions/index.ts'
import { roundRobin } from '../../machines/teams/round-robin.ts'
import type { Agent } from '../agents/agent.ts'
import { Team, type TeamOptions, type TeamType } from './team.ts'

const Config = (nested: Nested) =>
  z.looseObject({
    name: z.string().nullish(),
    description: z.string().nullish(),
    participants: z.array(nested<Agent>('agent', 'team')),
    termination_condition: nested<TerminationCondition>('termination').nullish(),
    max_turns: z.int().nullish(),
    emit_team_events: z.boolean().default(false)
  })
type Config = z.infer<ReturnType<typeof Config>>

const type: TeamType<number> = {
  name: 'RoundRobinGroupChat',
  description: 'A team whose participants speak in turn.',
  manager: 'RoundRobinGroupChatManager',
  selector: roundRobin,
  state: {
    type: 'RoundRobinManagerState',
    save: (next_speaker_index) => ({ next_speaker_index }),
    load: ({ next_speaker_index }, { length }) => z.int().nonnegative().parse(next_speaker_index) % length
  }
}

/** A team whose participants speak in turn, in the order in which they are given. */
export class RoundRobinGroupChat extends Team {
  constructor(participants: readonly Agent[], options: TeamOptions = {}) {
    super(type, participants, options)
    remember(
      roundRobinGroupChat,
      {
        name: this.name,
        description: this.description,
        participants: [...participants],
        termination_condition: options.terminationCondition,
        max_turns: options.maxTurns,
        emit_team_events: this.emitTeamEvents
      },
      this
    )
  }
}

export const roundRobinGroupChat: ComponentType<RoundRobinGroupChat, Config> = {
  provider: 'autogen_agentchat.teams.RoundRobinGroupChat',
  kind: 'team',
  version: 1,
  description: type.description,
  config: Config,
  create: ({ participants, termination_condition, max_turns, emit_team_events, ...rest }) =>
    new RoundRobinGroupChat(participants, {
      ...rest,
      terminationCondition: termination_condition,
      maxTurns: max_turns,
      emitTeamEvents: emit_team_events
    })
}

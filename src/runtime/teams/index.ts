import { graphFlowTeam } from './graph-flow.ts'
import { magenticOneTeam } from './magentic-one.ts'
import { roundRobinGroupChat } from './round-robin.ts'
import { selectorGroupChatTeam } from './selector-group-chat.ts'
import { swarmTeam } from './swarm.ts'
import { agentToolType, teamToolType } from './team-tool.ts'

/** Every team that a config may name. */
export const teams = [
  graphFlowTeam,
  magenticOneTeam,
  roundRobinGroupChat,
  selectorGroupChatTeam,
  swarmTeam
] as const

/** Agents and teams as tools. */
export const teamTools = [agentToolType, teamToolType] as const

import { graphFlowTeam } from './graph-flow.ts'
import { roundRobinGroupChat } from './round-robin.ts'
import { selectorGroupChatTeam } from './selector-group-chat.ts'
import { swarmTeam } from './swarm.ts'

/** Every team that a config may name. */
export const teams = [graphFlowTeam, roundRobinGroupChat, selectorGroupChatTeam, swarmTeam] as const

import type { Selector } from '../../machines/teams/selector.ts'
import type { Agent } from '../contract/agent.ts'
import { Team } from './team.ts'
import { fromConfig, type MarkedTeamOptions } from './team-options.ts'
import type { TeamType } from './team-type.ts'

/** The stop reason of an agent that is run by itself. */
const ANSWERED = 'The agent has answered.'

/** Lets the one participant speak once for each task. */
const once: Selector<{ hasSpoken: boolean }> = {
  begin: () => ({ hasSpoken: false }),
  hear: (_, __, from) => ({ hasSpoken: from !== null }),
  over: ({ hasSpoken }) => (hasSpoken ? { state: { hasSpoken: false }, stop: ANSWERED } : undefined),
  next: (state, participants) => ({ state, speakers: [...participants] })
}

const type: TeamType<{ hasSpoken: boolean }> = {
  name: 'AgentAlone',
  description: 'One agent by itself.',
  manager: 'AgentAloneManager',
  selector: once,
  endsItself: true,
  state: { type: 'AgentAloneManagerState', save: () => ({}), load: () => ({ hasSpoken: false }) }
}

/** One agent that is run by itself: it answers each task once. */
export class AgentAlone<Output, Context> extends Team<Output, Context> {
  constructor(agent: Agent<Output, Context>) {
    const { name, description } = agent
    const options: MarkedTeamOptions = { name, description, [fromConfig]: true }
    super(type, [agent], options)
  }
}

import { scripted } from './scripted.ts'
import { assistant, type Part, replayModel, team } from './some-teams.ts'

/** An agent that wants to call another one, which a person has to approve. */
export const careful = (): Part => {
  const helper = assistant('helper', replayModel(['Helped.']))
  const lead = assistant('lead', scripted([['helper', { task: 'Help.' }]]))
  const tools = [{ provider: 'autogen_agentchat.tools.AgentTool', config: { agent: helper } }]
  const config = { ...lead.config, tools, requires_approval: ['helper'] }
  return team('RoundRobinGroupChat', { participants: [{ ...lead, config }], max_turns: 1 })
}

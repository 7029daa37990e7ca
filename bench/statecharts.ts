import { Registry } from '../src/runtime/components/registry.ts'
import type { Team } from '../src/runtime/team/team.ts'

const MESSAGES = 20
const agent = (name: string) => ({
  provider: 'autogen_agentchat.agents.AssistantAgent',
  config: {
    name,
    system_message: 'Reply briefly.',
    model_client: {
      provider: 'autogen_ext.models.replay.ReplayChatCompletionClient',
      config: { chat_completions: Array.from({ length: MESSAGES }, (_, i) => `${name} says ${i}`) }
    }
  }
})
const component = {
  provider: 'autogen_agentchat.teams.RoundRobinGroupChat',
  config: {
    participants: [agent('a'), agent('b')],
    termination_condition: {
      provider: 'autogen_agentchat.conditions.MaxMessageTermination',
      config: { max_messages: MESSAGES + 1 }
    }
  }
}

/** CPU microseconds per agent message of a round robin of two replay agents, without a store; loading not counted. */
export async function statecharts(runs: number): Promise<number> {
  const registry = new Registry()
  let spent = 0
  for (let i = 0; i < runs; i++) {
    const team = registry.load<Team>(component, 'team')
    const before = process.cpuUsage()
    for await (const _ of team.runStream({ task: 'Go.' }));
    const { user, system } = process.cpuUsage(before)
    spent += user + system
  }
  return spent / (runs * MESSAGES)
}

if (import.meta.main) {
  await statecharts(1000)
  for (let i = 0; i < 3; i++) {
    console.log(
      JSON.stringify({ bench: 'statecharts', cpu_us_per_message: +(await statecharts(2000)).toFixed(1) })
    )
  }
}

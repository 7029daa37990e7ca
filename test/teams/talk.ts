import type { TeamMessage } from '../../src/machines/messages/index.ts'
import { textOf } from '../../src/machines/messages/index.ts'
import { FunctionAgent } from '../../src/runtime/agents/function-agent.ts'
import type { TaskResult } from '../../src/runtime/team/task-result.ts'

/** An agent that says its name and how often it has spoken, unless it is told what to say. */
export const talker = (name: string, lines: readonly string[] = []) =>
  new FunctionAgent(
    name,
    (_messages, { state }) => {
      state.turns++
      return lines[state.turns - 1] ?? `${name} ${state.turns}`
    },
    { initialState: { turns: 0 }, description: `${name} does\n  things.` }
  )

/** Agents that say their names. */
export const talkers = (...names: string[]) => names.map((name) => talker(name))

/** What was said, as texts. */
export const texts = ({ messages }: Pick<TaskResult, 'messages'>): string[] => messages.map(said)
const said = (message: TeamMessage) => textOf(message)

/** A saved state as it comes out of a file. */
export const stored = (state: unknown): unknown => JSON.parse(JSON.stringify(state))

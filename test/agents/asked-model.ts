import { functional } from '../../src/machines/conditions/index.ts'
import type { FunctionCall, TeamMessage } from '../../src/machines/messages/index.ts'
import type { Agent } from '../../src/runtime/contract/agent.ts'
import type { Model, ModelInfo, ModelRequest, ModelResult } from '../../src/runtime/models/model.ts'
import type { RunOptionsWithTask as RunOptions } from '../../src/runtime/team/run-options.ts'
import type { TaskResult } from '../../src/runtime/team/task-result.ts'
import { RoundRobinGroupChat } from '../../src/runtime/teams/round-robin.ts'

const all: ModelInfo = {
  vision: true,
  function_calling: true,
  json_output: true,
  structured_output: true,
  family: 'unknown'
}

/** A model that gives these answers, streams texts letter by letter, and keeps what it was asked. */
export function askedModel(answers: Partial<ModelResult>[], info: Partial<ModelInfo> = {}) {
  const asked: ModelRequest[] = []
  const model: Model = {
    info: { ...all, ...info },
    async create(request, call) {
      asked.push(request)
      const answer = answers[asked.length - 1]
      if (!answer) throw new Error('The script is over.')
      const spoken = typeof answer.content === 'string' ? answer.content : (answer.thought ?? '')
      if (request.stream) for (const letter of spoken) call.onChunk?.(letter)
      return { finish_reason: 'stop', content: '', usage: used, cached: false, thought: null, ...answer }
    }
  }
  return { model, asked }
}

const used = { prompt_tokens: 7, completion_tokens: 3 }

/** An answer that is a text. */
export const text = (content: string, thought?: string): Partial<ModelResult> => ({
  content,
  thought: thought ?? null
})

/** An answer that calls tools. The n-th call has the id `c<n>`, from 1. */
export const calls = (...wanted: [name: string, args: string][]): Partial<ModelResult> => ({
  content: wanted.map(([name, args], index): FunctionCall => ({ id: `c${index + 1}`, name, arguments: args }))
})

/** Lets one agent take some turns; gives all that came out but the task. */
export async function turnsOf(agent: Agent, options: RunOptions = {}, turns = 1): Promise<TeamMessage[]> {
  // To whom it hands over matters to no test.
  const until = functional(() => false)
  const team = new RoundRobinGroupChat([agent], { maxTurns: turns, until })
  const said: (TeamMessage | TaskResult)[] = []
  for await (const item of team.runStream({ task: 'Go.', outputTaskMessages: false, ...options }))
    said.push(item)
  return said.filter((item) => item.type !== 'TaskResult')
}

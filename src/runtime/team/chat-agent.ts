import type { ChatMessage, TeamMessage } from '../../machines/messages/index.ts'
import type { Step } from '../../machines/participant.ts'
import type { Agent, Effect, Turn } from '../contract/agent.ts'
import type { Typing } from '../contract/typing.ts'
import type { Task } from '../shared/task.ts'
import { AgentAlone } from './agent-alone.ts'
import type { RunOptions, RunOptionsWithTask } from './run-options.ts'
import type { TaskResult } from './task-result.ts'
import type { RunStream } from './team.ts'

/** An agent, which takes part in teams and can be run by itself too. */
export abstract class ChatAgent<Output = string, Context = unknown>
  implements Agent<Output, Context>, AsyncDisposable
{
  declare readonly '~types'?: Typing<Output, Context>
  abstract readonly name: string
  abstract readonly description: string
  abstract readonly opening: Step
  #alone: AgentAlone<Output, Context> | undefined

  abstract respond(
    heard: readonly ChatMessage[],
    turn: Turn
  ): Generator<Effect, ChatMessage | readonly TeamMessage[], unknown>
  abstract reset(): void
  abstract saveState(): Record<string, unknown>
  abstract loadState(state: unknown): void

  /** Lets the agent answer by itself; it remembers what was said before. Throws what went wrong. */
  run(task?: Task | null, options?: RunOptions<Context>): Promise<TaskResult<Output>>
  run(options: RunOptionsWithTask<Context>): Promise<TaskResult<Output>>
  run(
    first?: Task | RunOptionsWithTask<Context> | null,
    second?: RunOptions<Context>
  ): Promise<TaskResult<Output>> {
    return this.#team().run(first as Task, second)
  }

  /** The same, yielding what is said as it is said, and a `TaskResult` last. */
  runStream(task?: Task | null, options?: RunOptions<Context>): RunStream<Output>
  runStream(options: RunOptionsWithTask<Context>): RunStream<Output>
  runStream(
    first?: Task | RunOptionsWithTask<Context> | null,
    second?: RunOptions<Context>
  ): RunStream<Output> {
    return this.#team().runStream(first as Task, second)
  }

  /** Gives back what the agent holds of the world. It can be asked again afterwards. */
  async close(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #team(): AgentAlone<Output, Context> {
    this.#alone ??= new AgentAlone<Output, Context>(this)
    return this.#alone
  }
}

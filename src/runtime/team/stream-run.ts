import type {
  ChatMessage,
  ModelClientStreamingChunkEvent,
  TeamMessage
} from '../../machines/messages/index.ts'
import { TroupeError } from '../../protocol/errors.ts'
import type { Question, RunnableTeam } from '../contract/agent.ts'
import { AsyncQueue } from '../execution/async-queue.ts'
import { type Execution, execute } from '../execution/execute.ts'
import { type Clock, systemClock } from '../shared/clock.ts'
import { createMessage } from '../shared/create-message.ts'
import type { Task } from '../shared/task.ts'
import type { ActivityScope } from '../shared/telemetry/activity.ts'

/** How a run of a team came out. `messages` holds all that was yielded but the chunks. */
export interface TaskResult {
  type: 'TaskResult'
  messages: TeamMessage[]
  stopReason: string
}

/** How a team is run. */
export interface RunOptions {
  /** What the team is to do; without one it continues the previous task. */
  task?: Task | null
  /** Cancels the run. */
  signal?: AbortSignal
  /** Whether the task's own messages are yielded and are in the result. On by default. */
  outputTaskMessages?: boolean
  /** Answers what a `UserProxyAgent` asks. Without it such a question is an error. */
  input?: (question: Question & { source: string }, signal: AbortSignal) => Promise<string>
  /** Environment variables for the models; by default those of the process. */
  env?: Readonly<Record<string, string | undefined>>
  clock?: Clock
  /** A UUID from which the ids of messages and questions follow; random by default. */
  seed?: string
  /** Under what its turns are followed, for metrics and traces. */
  activity?: ActivityScope
}

/** Runs a team in this process and yields what it says as it says it. */
export async function* streamRun(
  team: RunnableTeam,
  task: ChatMessage[] | null,
  options: RunOptions,
  started: (run: Execution) => void
): AsyncGenerator<TeamMessage | TaskResult, void, void> {
  const { clock = systemClock, signal, env, outputTaskMessages: showTask } = options
  const queue = new AsyncQueue<TeamMessage>()
  const inputSignal = options.input ? new AbortController() : null
  let problem: unknown
  const cancel = () => {
    if (run.actor.getSnapshot().status === 'active') run.actor.send({ type: 'cancel' })
  }
  const fail = (error: unknown) => {
    problem ??= error
    cancel()
  }
  const ask = async (question: Question & { source: string }) => {
    if (!options.input) throw new TroupeError('no_answer')
    const content = await options.input(question, inputSignal!.signal)
    run.context.answerInput(question.requestId, { content })
  }
  const run = execute({
    mode: { kind: 'library', clock, env },
    ...{ team, task, showTask, seed: options.seed, activity: options.activity },
    observer: {
      message: (message) => queue.push(message),
      chunk: (source, content, id) => queue.push(chunkOf(source, content, id, clock)),
      inputRequested: (question, source) => void ask({ ...question, source }).catch(fail),
      modelCalled: () => {}
    }
  })
  started(run)
  signal?.addEventListener('abort', cancel, { once: true })
  if (signal?.aborted) cancel()
  void run.ended.then(() => queue.close())
  const messages: TeamMessage[] = []
  try {
    for await (const message of queue) {
      if (message.type !== 'ModelClientStreamingChunkEvent') messages.push(message)
      yield message
    }
    const { outcome } = await run.ended
    if (problem) throw problem
    if ('failure' in outcome) throw new RunError(outcome.failure.message, outcome.failure.type)
    yield { type: 'TaskResult', messages, stopReason: 'stop' in outcome ? outcome.stop : reasonOf(signal) }
  } finally {
    signal?.removeEventListener('abort', cancel)
    cancel()
    await run.ended
    inputSignal?.abort()
  }
}

/** What went wrong inside a run; `type` is the class of the error where it had one. */
export class RunError extends Error {
  readonly type: string | undefined
  constructor(message: string, type?: string) {
    super(message)
    this.name = 'RunError'
    this.type = type
  }
}

const reasonOf = (signal: AbortSignal | undefined) =>
  signal?.reason instanceof Error ? signal.reason.message : String(signal?.reason ?? 'The run was cancelled.')

const chunkOf = (source: string, content: string, id: string | null, clock: Clock) =>
  createMessage<ModelClientStreamingChunkEvent>(
    { type: 'ModelClientStreamingChunkEvent', source, content, full_message_id: id },
    clock
  )

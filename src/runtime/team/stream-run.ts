import type {
  ChatMessage,
  ModelClientStreamingChunkEvent,
  TeamMessage
} from '../../machines/messages/index.ts'
import { errorOf, type Failure, originalOf } from '../../machines/shared/outcome.ts'
import { TroupeError } from '../../protocol/errors.ts'
import type { RunnableTeam } from '../contract/agent.ts'
import type { InputAnswer, Question } from '../contract/question.ts'
import { AsyncQueue } from '../execution/async-queue.ts'
import { type Execution, execute } from '../execution/execute.ts'
import { type Clock, systemClock } from '../shared/clock.ts'
import { createMessage } from '../shared/create-message.ts'
import type { RunOptions } from './run-options.ts'
import { outputOf, statusOfOutcome, type TaskResult } from './task-result.ts'
import type { Place } from './within.ts'

/** Runs a team in this process and yields what it says as it says it. */
export async function* streamRun(
  team: RunnableTeam,
  task: ChatMessage[] | null,
  options: RunOptions,
  place: Place,
  started: (run: Execution) => void
): AsyncGenerator<TeamMessage | TaskResult, void, void> {
  const { clock = systemClock, signal, env, context, outputTaskMessages: showTask } = options
  const queue = new AsyncQueue<TeamMessage>()
  const inputSignal = new AbortController()
  let problem: unknown
  const cancel = () => {
    if (run.actor.getSnapshot().status === 'active') run.actor.send({ type: 'cancel' })
  }
  /** The limit of time that has ended the run. */
  let limit: string | undefined
  const end = {
    finish: (reason: string) => run.actor.send({ type: 'finish', reason, by: 'limit' }),
    cancel(reason: string) {
      limit = reason
      cancel()
    }
  }
  const fail = (error: unknown) => {
    problem ??= error
    cancel()
  }
  const ask = async (question: Question & { source: string }) => {
    const answer = await answerTo(question, options, inputSignal.signal)
    run.context.answerInput(question.requestId, answer)
  }
  const run = execute({
    mode: { kind: 'library', clock, env },
    ...{ team, task, showTask, context, ...place, seed: options.seed, activity: options.activity },
    network: options.network,
    limits: { limits: options.limits, began: clock.now(), end },
    on: options.on,
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
    if ('failure' in outcome) throw runErrorOf(outcome.failure)
    yield {
      type: 'TaskResult',
      status: limit === undefined ? statusOfOutcome(outcome) : 'stopped',
      stopReason: 'stop' in outcome ? outcome.stop : (limit ?? reasonOf(signal)),
      messages,
      usage: run.context.usage.total,
      output: outputOf(messages, task ?? [])
    }
  } finally {
    signal?.removeEventListener('abort', cancel)
    cancel()
    await run.ended
    inputSignal.abort()
  }
}

/** The program's answer to a question. Throws `no_answer` where the program gave no `input` function. */
async function answerTo(
  question: Question & { source: string },
  { input, approve }: RunOptions,
  signal: AbortSignal
): Promise<InputAnswer> {
  const { call } = question
  if (call && approve) {
    const decision = await approve({ ...question, call }, signal)
    return { decision: typeof decision === 'boolean' ? { approved: decision } : decision }
  }
  if (!input) throw new TroupeError('no_answer')
  return { content: await input(question, signal) }
}

/** What went wrong inside a run, where nothing but the words of it is left; `type` is the class that the error had. */
export class RunError extends Error {
  readonly type: string | undefined
  /** The HTTP status with which a service has refused. */
  readonly status: number | undefined
  constructor(message: string, type?: string, status?: number) {
    super(message)
    this.name = 'RunError'
    this.type = type
    this.status = status
  }
}

/** What a caller is thrown for a run that failed: the error itself, where it was thrown in this process. */
export function runErrorOf(failure: Failure): Error {
  const original = originalOf(failure)
  if (original || failure.code !== undefined) return original ?? errorOf(failure)
  return new RunError(failure.message, failure.type, failure.status)
}

const reasonOf = (signal: AbortSignal | undefined) =>
  signal?.reason instanceof Error ? signal.reason.message : String(signal?.reason ?? 'The run was cancelled.')

const chunkOf = (source: string, content: string, id: string | null, clock: Clock) =>
  createMessage<ModelClientStreamingChunkEvent>(
    { type: 'ModelClientStreamingChunkEvent', source, content, full_message_id: id },
    clock
  )

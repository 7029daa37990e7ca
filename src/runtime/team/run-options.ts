import type { ChatMessage, Draft } from '../../machines/messages/index.ts'
import type { Decision } from '../../machines/shared/decision.ts'
import { demandOptions } from '../../machines/shared/option-names.ts'
import { demandLimits, type RunLimits } from '../../protocol/run-options.ts'
import { demandHooks, type Hooks } from '../contract/hooks.ts'
import type { ApprovalQuestion, Question } from '../contract/question.ts'
import type { Network } from '../network/network.ts'
import type { Clock } from '../shared/clock.ts'
import type { Task } from '../shared/task.ts'
import type { ActivityScope } from '../shared/telemetry/activity.ts'
import type { ToolContext } from '../tools/tool.ts'

/** How a team or an agent is run in this process. */
export interface RunOptions<Context = unknown> {
  /** Cancels the run. */
  signal?: AbortSignal
  /** What the tools are given. */
  context?: Context
  /** Whether the task's own messages are yielded and are in the result. On by default. */
  outputTaskMessages?: boolean
  /** Answers what a `UserProxyAgent` asks. Without it such a question is an error. */
  input?: (question: Question & { source: string }, signal: AbortSignal) => Promise<string>
  /**
   * Says whether a tool may be called that needs approval. Without it `input` is asked, whose answer `yes` approves;
   * without both such a question is an error.
   */
  approve?: (
    question: ApprovalQuestion & { source: string },
    signal: AbortSignal
  ) => Decision | boolean | Promise<Decision | boolean>
  /**
   * The call of a tool inside of which this is run: context, signal, environment and persons to ask are those of the
   * call, what is said is shown there, and steps that were finished are not repeated when the call is made again after
   * a restart.
   */
  within?: ToolContext<Context>
  /** What ends the run, before what the team says. */
  limits?: RunLimits
  /** Functions that hear what the run does, besides those of the team. */
  on?: Hooks
  /** Environment variables for the models; by default those of the process. */
  env?: Readonly<Record<string, string | undefined>>
  clock?: Clock
  /** A UUID from which the ids of messages and questions follow; random by default. */
  seed?: string
  /** Under what its turns are followed, for metrics and traces. */
  activity?: ActivityScope
  /** What its models' requests go through; the usual one, where it is not said. */
  network?: Network
}

/** Options of a run with the task among them, as in AutoGen. */
export interface RunOptionsWithTask<Context = unknown> extends RunOptions<Context> {
  /** What is to be done; without one the previous task is continued. */
  task?: Task | null
}

const names: readonly (keyof RunOptionsWithTask)[] = [
  ...([
    'task',
    'signal',
    'context',
    'outputTaskMessages',
    'input',
    'approve',
    'within',
    'limits',
    'on',
    'env',
    'clock',
    'seed',
    'activity',
    'network'
  ] as const)
]

/** Reads the arguments of `run` and `runStream`: a task and options, or options with the task among them. */
export function readRunArguments(
  first: Task | RunOptionsWithTask | null | undefined,
  second: RunOptions | undefined
): RunOptionsWithTask {
  const options = isTask(first) ? { ...second, task: first } : { ...first, ...second }
  demandOptions('run', options, names)
  demandLimits(options.limits)
  demandHooks(options.on)
  return options
}

/** A task is a text, messages in a list, or one message, which has a type. */
const isTask = (given: unknown): given is string | Draft<ChatMessage> | readonly Draft<ChatMessage>[] =>
  typeof given === 'string' ||
  Array.isArray(given) ||
  (typeof given === 'object' && given !== null && 'type' in given)

import type { FunctionCall, Usage } from '../../machines/messages/index.ts'
import { demandOptions } from '../../machines/shared/option-names.ts'
import { TroupeError } from '../../protocol/errors.ts'
import type { RunStatus } from '../../protocol/run-status.ts'
import type { RunUsage } from './usage.ts'

/** What all hooks are given. */
export interface HookEvent {
  /** The id of a durable run; undefined for a team that is run in the process. */
  run: number | undefined
}

/** A call of a model that was answered or has failed. */
export interface ModelCallEvent extends HookEvent {
  /** The agent that has asked, or the manager of a team; null where that is not known. */
  agent: string | null
  /** The service, such as `openai`. */
  provider: string
  /** The model's name; undefined where it is not known. */
  model: string | undefined
  /** What was sent: messages and tools, as JSON. */
  request: { messages: unknown; tools?: unknown }
  /** What was answered; undefined where the call has failed. */
  result?: { content: unknown; finish_reason: string; usage: Usage }
  /** What went wrong. */
  error?: unknown
  /** How long it took, in milliseconds. */
  durationMs: number
}

/** A call of a tool that was made. */
export interface ToolCallEvent extends HookEvent {
  agent: string | null
  /** Its name, its id and its arguments as the model has written them. */
  call: FunctionCall
  /** What the model gets. */
  result: string
  durationMs: number
}

/** A call of a tool that came to an error: the model gets its text, and the run goes on. */
export interface ToolErrorEvent extends Omit<ToolCallEvent, 'result'> {
  error: string
}

/** A turn of the team that has ended. */
export interface TurnEvent extends HookEvent {
  /** From 1. */
  turn: number
  speakers: readonly string[]
}

/** What a model call has used, and all calls of the run so far. */
export interface UsageEvent extends HookEvent {
  spent: Usage
  model: string | null
  total: RunUsage
}

/** Where the run stands from now on. */
export interface StatusEvent extends HookEvent {
  status: RunStatus
  /** The value of the run's chart, such as `running.awaitingInput`. */
  state: string
}

/**
 * Functions that hear what a run does, as it does it and not again after a restart. The run does not wait for them, and
 * what they throw changes nothing for it: it becomes a warning of the process.
 */
export interface Hooks {
  modelCall?(event: ModelCallEvent): unknown
  toolCall?(event: ToolCallEvent): unknown
  toolError?(event: ToolErrorEvent): unknown
  turn?(event: TurnEvent): unknown
  usage?(event: UsageEvent): unknown
  status?(event: StatusEvent): unknown
}

type EventOf<Name extends keyof Hooks> = Parameters<NonNullable<Hooks[Name]>>[0]

const names: readonly (keyof Hooks)[] = ['modelCall', 'toolCall', 'toolError', 'turn', 'usage', 'status']

/** Throws `unknown_option` or `bad_option` where hooks are none. */
export function demandHooks(on: Hooks | null | undefined): void {
  if (on == null) return
  demandOptions('on', on, names)
  for (const [name, hook] of Object.entries(on))
    if (hook !== undefined && typeof hook !== 'function')
      throw new TroupeError('bad_option', `on.${name}: a function is wanted.`)
}

/** The hooks of one run: those of the program and those of its team. */
export class RunHooks {
  readonly #run: number | undefined
  readonly #all: Hooks[]

  constructor(run: number | undefined, hooks: Hooks) {
    this.#run = run
    this.#all = [hooks]
  }

  /** The team is loaded: its hooks hear what follows. */
  add(hooks: Hooks): void {
    this.#all.push(hooks)
  }

  call<Name extends keyof Hooks>(name: Name, event: Omit<EventOf<Name>, 'run'>): void {
    for (const hooks of this.#all) void this.#callOne(hooks, name, { run: this.#run, ...event })
  }

  async #callOne(hooks: Hooks, name: keyof Hooks, event: object): Promise<void> {
    try {
      await hooks[name]?.(event as never)
    } catch (error) {
      process.emitWarning(`The hook "${name}" has failed: ${(error as Error)?.message ?? String(error)}`)
    }
  }
}

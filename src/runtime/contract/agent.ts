import type { GroupChatInput } from '../../machines/group-chat.ts'
import type { ChatMessage, MessageType, TeamMessage } from '../../machines/messages/index.ts'
import type { Step } from '../../machines/participant.ts'
import type { MagenticStep } from '../../machines/teams/magentic-choice.ts'
import type { SelectorStep } from '../../machines/teams/selector-choice.ts'
import type { RunContext } from '../execution/run-context.ts'
import type { ModelCall } from '../models/model.ts'

/** A message before it has an id and a time; `id` may be fixed beforehand, where chunks name it. */
export type Draft<M> = M extends unknown
  ? Omit<M, 'id' | 'created_at' | 'metadata' | 'models_usage'> &
      Partial<
        Pick<
          M & { id: string; metadata: object; models_usage: object | null },
          'id' | 'metadata' | 'models_usage'
        >
      >
  : never

/** A question to a person. */
export interface Question {
  requestId: string
  prompt: string
}

/** What an effect may use while it is under way. */
export interface EffectCall extends Pick<ModelCall, 'signal' | 'idempotencyKey' | 'env' | 'onRecord'> {
  /**
   * Shows what somebody says inside this effect, such as an agent that is a tool, pieces of answers included; the others
   * do not hear it.
   */
  show(message: TeamMessage): void
  /** Asks a person and waits for the answer. */
  ask(question: Question): Promise<string>
  /** Asks a person in the name of somebody inside this effect, such as one in a team that is a tool. */
  askBeside(question: Question & { source: string }): Promise<string>
  /** Does one of several things within an effect, such as one tool call, at most once: its JSON answer is kept. */
  once<T>(key: string, run: () => Promise<T>): Promise<T>
  /** Has a team inside this agent work on a task; gives all that was said in it. */
  lead(team: Leadable, task: readonly ChatMessage[]): Promise<TeamMessage[]>
}

/** A team that can be led from inside a turn. */
export interface Leadable {
  /** Takes its place on the stage; gives the input of its chart. */
  enter(stage: RunContext, path: string, task: readonly ChatMessage[] | null): GroupChatInput
  /** Takes what its chart ended with; throws where that is an error. */
  leave(output: unknown): void
}

type ChoiceStep = SelectorStep | MagenticStep

/** One thing that a turn waits for. What it comes to is JSON, because it is journaled. */
export interface Effect<Answer = unknown> {
  /** Names the state that the chart is in meanwhile. */
  step: Step | ChoiceStep
  perform(call: EffectCall): Promise<Answer>
  /** Told instead of `perform` when the run is played again and it is known what came of it. */
  replayed?(): void
  /** Made of other effects, which are journaled themselves. */
  whole?: false
}

/** What an agent's turn may do besides waiting. */
export interface Turn {
  /** A new UUID. */
  id(): string
  /**
   * Shows an event to those who watch; the other participants do not hear it. One said `aside` is neither kept in
   * the thread nor judged.
   */
  show<E extends TeamMessage>(event: Draft<E>, how?: 'aside'): E
  /** Has what was shown inside an effect count as said in this turn: it is kept in the thread and judged. */
  include(messages: readonly TeamMessage[]): void
  /** Completes the message that ends the turn. */
  reply<M extends ChatMessage>(message: Draft<M>): M
  /** Shows a piece of an answer that is still being written. */
  chunk(content: string, messageId: string | null): void
}

/**
 * Somebody who can speak. A turn is a generator that yields what it waits for: it must be deterministic in what it
 * heard and what its effects came to, and it changes the agent's state only right before it returns. So a turn is
 * all or nothing, and can be repeated from the journal after a crash.
 */
export interface Agent {
  readonly name: string
  readonly description: string
  /** The step with which each turn begins. */
  readonly opening: Step
  /** Types of messages that it says besides the built-in ones. */
  readonly messageTypes?: readonly MessageType[]
  /** False where it never hands the word to another; such a one cannot begin a swarm. */
  readonly handsOff?: boolean
  /** Gives what the others hear; a nested team gives all that was said in it. */
  respond(
    heard: readonly ChatMessage[],
    turn: Turn
  ): Generator<Effect, ChatMessage | readonly TeamMessage[], unknown>
  reset(): void
  /** Throws where the agent can be loaded but never work; told before a run says anything. */
  check?(): void
  /** The agent's state as JSON, in AutoGen's shape. */
  saveState(): Record<string, unknown>
  /** The same for use in this process: it may share with the agent what never changes, and so costs little. */
  standing?(): Record<string, unknown>
  /** Throws, and changes nothing, where the state is not one of this agent's. */
  loadState(state: unknown): void
  /** Gives back what the agent holds of the world: connections, processes. It can be asked again afterwards. */
  close?(): Promise<void>
}

/** Waits for an effect inside a turn: `const answer = yield* wait(effect)`. */
export function* wait<Answer>(effect: Effect<Answer>): Generator<Effect, Answer, unknown> {
  return (yield effect) as Answer
}

/** How an agent stands now, as cheaply as it can be told. */
export const standingOf = (agent: Agent): Record<string, unknown> => agent.standing?.() ?? agent.saveState()

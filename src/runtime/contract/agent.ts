import type { GroupChatInput, TeamProgress } from '../../machines/group-chat.ts'
import type { ChatMessage, Draft, MessageType, TeamMessage } from '../../machines/messages/index.ts'
import type { Step } from '../../machines/participant.ts'
import type { Decision } from '../../machines/shared/decision.ts'
import type { MagenticStep } from '../../machines/teams/magentic-choice.ts'
import type { Chosen } from '../../machines/teams/selector.ts'
import type { SelectorStep } from '../../machines/teams/selector-choice.ts'
import type { RunLimits } from '../../protocol/run-options.ts'
import type { Model, ModelCall } from '../models/model.ts'
import type { Guard } from './guards.ts'
import type { Hooks } from './hooks.ts'
import type { ApprovalQuestion, Question } from './question.ts'
import type { Typed } from './typing.ts'

/** What an effect may use while it is performed. */
export interface EffectCall
  extends Pick<
    ModelCall,
    'signal' | 'idempotencyKey' | 'env' | 'onRecord' | 'yieldToOthers' | 'activity' | 'network'
  > {
  /** What the program gives its tools. */
  context: unknown
  /** Publishes a message or a chunk from inside this effect, such as from an agent that is a tool. Participants do not hear it. */
  show(message: TeamMessage): void
  /** Asks a person and waits for the answer; the chart is in `awaitingInput` meanwhile. */
  ask(question: Question): Promise<string>
  /** Asks a person whether a tool may be called; the chart is in `awaitingApproval` meanwhile. */
  approve(question: ApprovalQuestion): Promise<Decision>
  /** Asks a person in the name of `source`, who speaks inside this effect, such as in a team that is a tool. */
  askAs(question: Question & { source: string }): Promise<string>
  /** Asks in the same way whether a tool may be called. */
  approveAs(question: ApprovalQuestion & { source: string }): Promise<Decision>
  /** Does one part of the effect, such as one tool call, at most once: its JSON result is journaled under `key`. */
  once<T>(key: string, run: () => Promise<T>): Promise<T>
  /** Does one step inside of a part at most once, such as a model call of a team that is a tool. */
  keep<T>(key: string, run: () => Promise<T>): Promise<T>
  /** A UUID for what is named `key` within the effect: the same when the effect is performed again. */
  idOf(key: string): string
  /** Runs a team inside this turn on a task; gives all its messages. */
  runTeam(team: RunnableTeam, task: readonly ChatMessage[]): Promise<TeamMessage[]>
}

type ChoiceStep = SelectorStep | MagenticStep

/** One thing that a turn waits for. Its result is JSON, because it is journaled. */
export interface Effect<Result = unknown> {
  /** Names the state that the chart is in meanwhile. */
  step: Step | ChoiceStep
  perform(call: EffectCall): Promise<Result>
  /** Called instead of `perform` in a replay, where the journal has the result. */
  replayed?(): void
  /** The model that is asked: what its answer says of tokens is counted. */
  model?: Model
  /** Made of other effects, which are journaled themselves. */
  whole?: false
}

/** What an agent's turn may do besides waiting. */
export interface Turn {
  /** A new UUID, the same when the turn is replayed. */
  id(): string
  /**
   * Publishes an event to the run's clients; the other participants do not hear it. `aside`: the event is neither
   * kept in the thread nor judged by termination conditions.
   */
  show<E extends TeamMessage>(event: Draft<E>, how?: 'aside'): E
  /** Counts messages that were shown inside an effect as part of this turn: they are kept in the thread and judged. */
  include(messages: readonly TeamMessage[]): void
  /** Completes the message that ends the turn. */
  reply<M extends ChatMessage>(message: Draft<M>): M
  /** Publishes a chunk of a message that is still being written; `messageId` is the id the message will have. */
  chunk(content: string, messageId: string | null): void
}

/**
 * What answers in a participant's turns. A turn is a generator that yields the effects it waits for: it must be
 * deterministic in its messages and the results of its effects, and changes the agent's state only right before it
 * returns. So a turn is all or nothing, and can be repeated from the journal after a crash.
 */
// biome-ignore lint/suspicious/noExplicitAny: of an agent without types nothing is known
export interface Agent<Output = unknown, Context = any> extends Typed<Output, Context> {
  readonly name: string
  readonly description: string
  /** The step with which each turn begins. */
  readonly opening: Step
  /** The types of its messages besides the built-in ones. */
  readonly messageTypes?: readonly MessageType[]
  /** False where it never hands off; such an agent cannot begin a swarm. */
  readonly handsOff?: boolean
  /** To whom it may hand over. */
  readonly handoffTargets?: readonly string[]
  /** Answers `heard`, the messages since its last turn. Returns what the others hear; a nested team all of its messages. */
  respond(
    heard: readonly ChatMessage[],
    turn: Turn
  ): Generator<Effect, ChatMessage | readonly TeamMessage[], unknown>
  reset(): void
  /** Throws where the agent was loaded but can never work; called before the run's first frame. */
  check?(): void
  /** The agent's state as JSON, in AutoGen's shape. */
  saveState(): Record<string, unknown>
  /** The same for use in this process: it may share what never changes with the agent, and so costs little. */
  standing?(): Record<string, unknown>
  /** Throws, and changes nothing, where the state is not one of this agent's. */
  loadState(state: unknown): void
  /** Gives back connections and processes. The agent can be asked again afterwards. */
  close?(): Promise<void>
}

/** Waits for an effect inside a turn: `const result = yield* wait(effect)`. */
export function* wait<Result>(effect: Effect<Result>): Generator<Effect, Result, unknown> {
  return (yield effect) as Result
}

/** The present state of an agent, as cheaply as it can be had. */
export const standingOf = (agent: Agent): Record<string, unknown> => agent.standing?.() ?? agent.saveState()

/** A participant while its team runs: its agent, the messages it has not answered yet, and how many turns it has ended. */
export interface ParticipantContext {
  agent: Agent
  unread: ChatMessage[]
  turns: number
  /** How many of `unread` the turn under way has begun with; later ones are for the next turn. */
  answering?: number
  /**
   * The agent's state from before the turn under way, where a team runs inside the agent: that team changes while the
   * turn goes on, and the turn is all or nothing.
   */
  stateBefore?: Record<string, unknown>
}

/** A team while it runs: its participants, its thread, and what it has to remember. */
export interface TeamContext {
  /** The name under which the team's own events are published. */
  manager: string
  emitTeamEvents: boolean
  /** How many choices of a speaker the team has made with the help of a model. */
  choices: number
  /** What the team remembers from turn to turn; kept up to date while it runs. */
  progress: TeamProgress
  /** Chooses the next speakers, in teams that need effects for that. */
  choose?(turn: Turn): Generator<Effect, Omit<Chosen, 'at'>, unknown>
  participants: ReadonlyMap<string, ParticipantContext>
  thread: TeamMessage[]
  /** Whether the thread holds only what participants hear, without the events of the turns. */
  heardOnly?: boolean
}

/** What a run offers a team that begins in it. */
export interface RunScope {
  /** Milliseconds since 1970; in a replay, what it was then. */
  now(): number
  /** Registers a team under its path in the run (`team`, `team/inner`), where the run's actors find it. */
  addTeam(path: string, team: TeamContext): void
}

/** A team as a run or a turn executes it. */
export interface RunnableTeam {
  /** What ends its runs. */
  readonly limits?: RunLimits | undefined
  /** Hear what its runs do. */
  readonly on?: Hooks | undefined
  /** Look at what comes in and goes out. */
  readonly guards?: readonly Guard[] | undefined
  progress: TeamProgress
  /** Throws where the team was loaded but can never run. */
  check(): void
  /**
   * Joins a run under `path` (`team`, `team/inner`) and gives the input of its chart. `task` null continues the
   * previous task.
   */
  enter(run: RunScope, path: string, task: readonly ChatMessage[] | null): GroupChatInput
  /** Takes the output of its chart; throws where that is an error. */
  leave(output: unknown): void
  /** Gives back connections and processes of the participants. */
  close(): Promise<void>
}

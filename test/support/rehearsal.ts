import { expect } from 'vitest'
import type { AnyActorRef, AnyMachineSnapshot } from 'xstate'
import { TerminationCondition } from '../../src/machines/conditions/index.ts'
import type { TeamProgress } from '../../src/machines/group-chat.ts'
import type { TeamMessage, TextMessage } from '../../src/machines/messages/index.ts'
import type { RunEvent } from '../../src/machines/run.ts'
import type { Outcome } from '../../src/machines/shared/outcome.ts'
import { roundRobin } from '../../src/machines/teams/round-robin.ts'
import type { Chosen, Selector } from '../../src/machines/teams/selector.ts'
import { statePath } from '../../src/protocol/run-status.ts'
import {
  type Agent,
  type Effect,
  type EffectCall,
  type Turn,
  wait
} from '../../src/runtime/contract/agent.ts'
import { type Execution, execute } from '../../src/runtime/execution/execute.ts'
import type { RunObserver } from '../../src/runtime/execution/run-context.ts'
import type { JournalWriter } from '../../src/runtime/journal/entries.ts'
import { Scheduler } from '../../src/runtime/shared/scheduler.ts'
import { Team, type TeamOptions, type TeamType } from '../../src/runtime/team/team.ts'
import { ManualClock } from './manual-clock.ts'
import { settle, until } from './scenes.ts'

type EffectStep = Effect['step']

/** Something that an agent has begun and that ends when the test says so. */
export interface Deed {
  by: string
  step: EffectStep
  signal: AbortSignal
  end(answer?: unknown): void
  fail(message: string): void
  over: boolean
}

interface PlayerOptions {
  /** What each turn waits for, one after the other. */
  steps?: readonly EffectStep[]
  /** Goes on with its deeds when it is told to end them. */
  stubborn?: boolean
}

interface CastOptions extends TeamOptions {
  // biome-ignore lint/suspicious/noExplicitAny: each selector has a state of its own
  selector?: Selector<any>
  choose?: () => Generator<Effect, Omit<Chosen, 'at'>, unknown>
}

/** Agents that do only what the test lets them do, in teams and runs as they are. */
export class Rehearsal {
  readonly clock = new ManualClock()
  /** Whatever has begun, in order. */
  readonly deeds: Deed[] = []
  readonly messages: TeamMessage[] = []
  readonly observer: RunObserver
  /** Has everything stored that was kept since `storesSlowly`. */
  stores: (() => void) | null = null
  /** How the run came out. */
  outcome: Outcome | null = null
  progress: TeamProgress | null = null
  #stored = Promise.resolve()
  readonly #journal: JournalWriter = { isFull: false, append: () => {}, flushed: () => this.#stored }
  readonly #scheduler = new Scheduler()
  readonly #actors = new Set<AnyActorRef>()
  #play: Execution | null = null

  constructor(observer: Partial<RunObserver> = {}) {
    const message = (said: TeamMessage) => void this.messages.push(said)
    this.observer = { message, chunk: () => {}, inputRequested: () => {}, modelCalled: () => {}, ...observer }
  }

  /** An agent whose turns are made of deeds, and which says what the last of them came to. */
  player(name: string, { steps = ['askModel'], stubborn = false }: PlayerOptions = {}): Agent {
    const act = this.#act.bind(this)
    return this.improviser(name, steps[0] as Agent['opening'], function* (turn) {
      let answer: unknown
      for (const step of steps) answer = yield* act(name, step, stubborn)
      const content = typeof answer === 'string' ? answer : `This is ${name}.`
      return turn.reply<TextMessage>({ type: 'TextMessage', source: name, content })
    })
  }

  /** An agent whose turns are a generator of the test. */
  improviser(
    name: string,
    opening: Agent['opening'],
    respond: (turn: Turn) => Generator<Effect, TextMessage, unknown>
  ): Agent {
    const rest = { reset() {}, saveState: () => ({}), loadState() {} }
    return { name, description: name, opening, respond: (_heard, turn) => respond(turn), ...rest }
  }

  /** One deed of somebody, inside a turn. */
  act(by: string, step: EffectStep, stubborn = false): Generator<Effect, unknown, unknown> {
    return this.#act(by, step, stubborn)
  }

  team(agents: readonly Agent[], options: CastOptions = {}): Team {
    return new Cast(agents, options)
  }

  /** A model that chooses who speaks: each choice is one deed, whose answer is a name. */
  chooser(
    kind: 'selectorChoice' | 'magenticChoice' = 'selectorChoice',
    steps: readonly EffectStep[] = ['ask']
  ) {
    const act = this.#act.bind(this)
    const selector: Selector<number> = {
      choice: kind,
      begin: () => 0,
      next: (state) => ({ state, ask: true })
    }
    const choose = function* (): Generator<Effect, Omit<Chosen, 'at'>, unknown> {
      let answer: unknown
      for (const step of steps) answer = yield* act('chooser', step, false)
      return typeof answer === 'string' ? { state: 1, speakers: [answer] } : (answer as Omit<Chosen, 'at'>)
    }
    return { selector, choose }
  }

  start(team: Team, task: string | null = 'Go.'): this {
    const content = { type: 'TextMessage', source: 'user', content: task, id: 'task' } as TextMessage
    const heard = task === null ? null : [{ ...content, models_usage: null, metadata: {}, created_at: '' }]
    const mode = {
      ...{ kind: 'live' as const, clock: this.clock, env: {} },
      ...{ scheduler: this.#scheduler, journal: this.#journal }
    }
    this.#play = execute({ mode, team, task: heard, observer: this.observer })
    void this.#play.ended.then(({ outcome, progress }) => Object.assign(this, { outcome, progress }))
    return this
  }

  send(event: RunEvent | RunEvent['type']): void {
    this.#play!.actor.send(typeof event === 'string' ? ({ type: event } as RunEvent) : event)
  }

  /** Hands an answer to the oldest question, when one is asked. */
  async answers(content: string): Promise<void> {
    const { context: run } = this.#play!
    await until(() => run.openInputs().length > 0)
    expect(run.answerInput(run.openInputs()[0] ?? 'none', { content })).toBe(true)
  }

  /** Lets what somebody has under way come to something. */
  async does(by: string, answer?: unknown): Promise<void> {
    ;(await this.#underWay(by)).end(answer)
  }

  /** Lets what somebody has under way fail. */
  async fails(by: string, message: string): Promise<void> {
    ;(await this.#underWay(by)).fail(message)
  }

  /** Whether what somebody did last was told to end. */
  aborted(by: string): boolean {
    return this.deeds.findLast((one) => one.by === by)?.signal.aborted ?? false
  }

  /** Who began what, in order. */
  get begun(): string[] {
    return this.deeds.map(({ by, step }) => `${by}: ${step}`)
  }

  /** The state of each actor, as one path; those of a nested team stand under its name. */
  states(): Record<string, string> {
    const { actor } = this.#play!
    const states: Record<string, string> = { run: this.#stateOf(actor) }
    this.#describe(childrenOf(actor).team, '', states)
    return states
  }

  /** The charts stand so now. */
  hasStates(states: Record<string, string>): void {
    expect(this.states()).toEqual(states)
  }

  /** What was shown besides the task; of events the type, in parentheses. */
  hasSaid(...lines: string[]): void {
    const said = this.messages
      .filter(({ id }) => id !== 'task')
      .map((message) => {
        const content = message.type === 'TextMessage' ? message.content : `(${message.type})`
        return `${message.source}: ${content}`
      })
    expect(said).toEqual(lines)
  }

  /** Waits until the charts stand so, and what they have asked for has begun. */
  async comesTo(states: Record<string, string>): Promise<void> {
    await until(() => JSON.stringify(sorted(this.states())) === JSON.stringify(sorted(states)))
    await settle(3)
    expect(this.states()).toEqual(states)
  }

  /** Waits until somebody has begun something new. */
  async begins(...begun: string[]): Promise<void> {
    await until(() => this.deeds.length >= begun.length)
    expect(this.begun).toEqual(begun)
  }

  /** Nothing more happens of itself: the charts stand so, and nothing but this was ever begun. */
  async rests(states: Record<string, string>, ...begun: string[]): Promise<void> {
    await settle()
    expect(this.states()).toEqual(states)
    expect(this.begun).toEqual(begun)
  }

  /** Waits until the run has ended so, and nothing of it is left. */
  async ends(outcome: Outcome): Promise<void> {
    await until(() => this.outcome !== null)
    expect(this.outcome).toEqual(outcome)
    const end = 'stop' in outcome ? 'completed' : 'failure' in outcome ? 'failed' : 'cancelled'
    expect(this.states().run).toBe(end)
    this.leavesNothing()
  }

  /** Nothing of the run is left: no actor, no timer, no question, and no deed that was not told to end. */
  leavesNothing(): void {
    expect({
      actors: [...this.#actors].filter(isRunning).map(({ id }) => id),
      timers: this.clock.timers,
      questions: this.#play!.context.openInputs(),
      deeds: this.deeds.filter(({ over, signal }) => !over && !signal.aborted).map(({ by }) => by)
    }).toEqual({ actors: [], timers: 0, questions: [], deeds: [] })
  }

  /** Uses up the time of this turn of the event loop: steps that are taken in it have to wait for the next. */
  hold(): void {
    this.#scheduler.schedule(() => {
      for (const began = performance.now(); performance.now() - began < 6; );
    })
  }

  /** From here on what is to be stored is stored when `stores` is called. */
  storesSlowly(): void {
    this.#stored = new Promise((resolve) => {
      this.stores = resolve
    })
  }

  async #underWay(by: string): Promise<Deed> {
    const find = () => this.deeds.find((one) => one.by === by && !one.over)
    await until(() => find() !== undefined)
    const deed = find()
    if (!deed) throw new Error(`${by} does nothing; begun was ${this.begun.join(', ')}`)
    return deed
  }

  *#act(by: string, step: EffectStep, stubborn: boolean): Generator<Effect, unknown, unknown> {
    return yield* wait({ step, perform: (call) => this.#perform(by, step, stubborn, call) })
  }

  #perform(by: string, step: EffectStep, stubborn: boolean, call: EffectCall): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const over = () => {
      deed.over = true
    }
    const deed: Deed = {
      ...{ by, step, signal: call.signal, over: false },
      end(answer) {
        over()
        resolve(answer)
      },
      fail(message) {
        over()
        reject(new Error(message))
      }
    }
    this.deeds.push(deed)
    if (!stubborn) call.signal.addEventListener('abort', () => reject(call.signal.reason), { once: true })
    if (step === 'askPerson')
      call.ask({ requestId: `${by}-${this.deeds.length}`, prompt: '?' }).then(resolve, reject)
    return promise.finally(over)
  }

  #stateOf(actor: AnyActorRef): string {
    this.#actors.add(actor)
    for (const child of Object.values(childrenOf(actor))) this.#actors.add(child)
    return statePath((actor.getSnapshot() as AnyMachineSnapshot).value)
  }

  #describe(manager: AnyActorRef | undefined, prefix: string, states: Record<string, string>): void {
    if (!manager) return
    states[`${prefix}manager`] = this.#stateOf(manager)
    for (const [id, child] of Object.entries(childrenOf(manager))) {
      states[prefix + id] = this.#stateOf(child)
      this.#describe(childrenOf(child).team, `${prefix}${id}.`, states)
    }
  }
}

const childrenOf = (actor: AnyActorRef) =>
  (actor.getSnapshot() as AnyMachineSnapshot).children as Record<string, AnyActorRef>

/** A condition that is asked about everything that is said, in words of the test. */
export const stopsWhen = (stop: (said: readonly TeamMessage[]) => string | undefined): TerminationCondition =>
  new TerminationCondition({ begin: () => null, look: (state, said) => ({ state, stop: stop(said) }) })

class Cast extends Team {
  override choose?: Team['choose']

  constructor(agents: readonly Agent[], { selector = roundRobin, choose, ...options }: CastOptions) {
    const type: TeamType = {
      name: 'Cast',
      description: 'A cast.',
      manager: 'CastManager',
      endsItself: true,
      selector,
      state: { type: 'CastState', save: () => ({}), load: () => null }
    }
    super(type, agents, options)
    if (choose) this.choose = choose
  }
}

// An actor that was stopped before it had begun has an active snapshot: XState has no public word for that.
const isRunning = (actor: AnyActorRef) =>
  (actor as unknown as { _processingStatus: number })._processingStatus === 1

const sorted = (record: Record<string, string>) => Object.entries(record).sort()

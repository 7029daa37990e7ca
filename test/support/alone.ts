import { type AnyActorRef, type AnyStateMachine, createActor, fromCallback, setup } from 'xstate'
import { statePath } from '../../src/protocol/run-status.ts'

type Told = { type: string } & Record<string, unknown>

/** A child that does nothing of itself. */
interface Stub {
  input: unknown
  /** What the chart has told it. */
  heard: Told[]
  /** Tells the chart something. */
  tell(event: Told): void
  /** Whether it was told to leave. */
  left: boolean
}

/** One chart by itself: its parent notes what it is told, and its children do what the test says. */
export class Alone {
  /** What the chart has told its parent. */
  readonly told: Told[] = []
  readonly #stubs = new Map<string, Stub>()
  readonly #parent: AnyActorRef

  constructor(machine: AnyStateMachine, input: unknown, children: readonly string[]) {
    const actors = Object.fromEntries(children.map((child) => [child, this.#stub()]))
    const note = ({ event }: { event: Told }) => void this.told.push(event)
    const parent = setup({ actors: { chart: machine.provide({ actors }) } }).createMachine({
      invoke: { id: 'chart', src: 'chart', input: input as never },
      on: { '*': { actions: note } }
    })
    this.#parent = createActor(parent)
    this.#parent.subscribe({ error: () => {} })
    this.#parent.start()
  }

  /** Where the chart stands. */
  get state(): string {
    return statePath(this.#chart.getSnapshot().value)
  }

  /** What the chart ended with. */
  get output(): unknown {
    return this.#chart.getSnapshot().output
  }

  /** The names of the children that are there. */
  get children(): string[] {
    return [...this.#stubs].filter(([, { left }]) => !left).map(([id]) => id)
  }

  child(id: string): Stub {
    return this.#stubs.get(id)!
  }

  /** What a child has heard, as the types of the events. */
  heard(id: string): string[] {
    return this.#stubs.get(id)?.heard.map(({ type }) => type) ?? []
  }

  send(event: Told | string): this {
    this.#chart.send(typeof event === 'string' ? { type: event } : event)
    return this
  }

  get #chart(): AnyActorRef {
    return this.#parent.getSnapshot().children.chart
  }

  #stub() {
    const stubs = this.#stubs
    return fromCallback<Told, unknown>(({ input, receive, sendBack, self }) => {
      const stub: Stub = { input, heard: [], tell: sendBack, left: false }
      stubs.set(self.id, stub)
      receive((event) => void stub.heard.push(event))
      return () => {
        stub.left = true
      }
    })
  }
}

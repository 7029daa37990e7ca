import {
  type AnyActorScope,
  type AnyEventObject,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type AnyStateNode,
  type AnyTransitionDefinition,
  stopChild
} from 'xstate'
import { actionsOf, assigned, type Known, told, type Work } from './implementations.ts'
import { entryOf, inside, isLeaf } from './nodes.ts'
import { type State, type Step, statesOf } from './states.ts'

/**
 * Gives a machine a table of its transitions, and gives the machine back. XState finds out at each event which states
 * are left and entered, and copies the snapshot for each action; but the one follows from the chart alone, and the other
 * is needed once. What happens is the same, in the same order. Throws where the chart has what the table has not:
 * parallel states, history, delays, re-entrance, wildcards, final states inside of others, watched children, guards that
 * are made of others. An actor that raises an event breaks. Source: XState 5.33, `macrostep`.
 */
export function tabulate<Machine extends AnyStateMachine>(machine: Machine): Machine {
  const table = new TransitionTable(machine)
  const { transition } = machine
  machine.transition = (snapshot, event, scope) => {
    if (event.type === 'xstate.stop') return table.stop(snapshot, { event, scope })
    // A child that fails unexpectedly is left to XState.
    const isError = event.type.startsWith('xstate.error.')
    return isError ? transition(snapshot, event, scope) : table.transition(snapshot, { event, scope })
  }
  machine.getInitialSnapshot = (scope, input) =>
    table.begin(input, { event: { type: 'xstate.init', input }, scope })
  return machine
}

/** What actions may change. */
type Inner = Pick<AnyMachineSnapshot, 'context' | 'children'>

/** What happens, and to whom. */
interface Moment {
  event: AnyEventObject
  scope: AnyActorScope
}

class TransitionTable {
  readonly #machine: AnyStateMachine
  readonly #states: ReadonlyMap<AnyStateNode, State>
  /** What a snapshot consists of before anything has happened. */
  readonly #blank: AnyMachineSnapshot
  readonly #first: State
  readonly #entry: readonly Known<Work>[]

  constructor(machine: AnyStateMachine) {
    this.#machine = machine
    this.#states = statesOf(machine)
    const entered = [machine.root, ...inside(machine.root)]
    this.#first = this.#states.get(entered.at(-1)!)!
    this.#entry = actionsOf(machine, entered.flatMap(entryOf))
    const { nodes, value, tags } = this.#first
    const blank = machine.resolveState({ value: value as never, context: {} })
    this.#blank = changed(blank, { _nodes: nodes, value, tags })
  }

  /** The snapshot of an actor that has just been made, with all that follows at once. */
  begin(input: unknown, moment: Moment): AnyMachineSnapshot {
    const { context: of = {} } = this.#machine.config
    const context = typeof of === 'function' ? of({ input, self: moment.scope.self } as never) : of
    const begun = changed(this.#blank, this.#run(this.#entry, { context, children: {} }, moment))
    return this.#goOn(this.#first, begun, moment)
  }

  /** The snapshot of an actor that is stopped. */
  stop(snapshot: AnyMachineSnapshot, moment: Moment): AnyMachineSnapshot {
    const { children } = this.#stopChildren(snapshot, moment)
    const stopped = changed(snapshot, { children, status: 'stopped' })
    tell(moment, stopped, [])
    return stopped
  }

  /** All that follows from an event at once. */
  transition(snapshot: AnyMachineSnapshot, moment: Moment): AnyMachineSnapshot {
    const state = this.#states.get(snapshot._nodes.find(isLeaf)!)!
    const step = choose(state.on.get(moment.event.type), snapshot, moment.event)
    if (step) return this.#goOn(step.next, this.#take(step, state, snapshot, moment), moment)
    tell(moment, snapshot, [])
    return this.#goOn(state, snapshot, moment)
  }

  /** Takes what is always to be taken, until nothing is. */
  #goOn(state: State, snapshot: AnyMachineSnapshot, moment: Moment): AnyMachineSnapshot {
    const step = snapshot.status === 'active' ? choose(state.always, snapshot, moment.event) : undefined
    if (!step) return snapshot
    const next = this.#take(step, state, snapshot, moment)
    return next === snapshot ? next : this.#goOn(step.next, next, moment)
  }

  #take(
    { actions, transition, next }: Step,
    from: State,
    snapshot: AnyMachineSnapshot,
    moment: Moment
  ): AnyMachineSnapshot {
    const inner = this.#run(actions, snapshot, moment)
    const { context, children } = inner
    const { nodes, value, tags } = next
    let after = snapshot
    if (next !== from) after = changed(snapshot, { context, children, _nodes: nodes, value, tags })
    else if (inner !== snapshot) after = changed(snapshot, { context, children })
    if (next.isFinal)
      after = changed(after, { status: 'done', output: this.#output(next, context, moment.scope) })
    tell(moment, after, [transition])
    if (next.isFinal) this.#stopChildren(after, moment)
    return after
  }

  #run(actions: readonly Known<Work>[], before: Inner, { event, scope }: Moment): Inner {
    const { self, system } = scope
    let inner = before
    let info = { context: inner.context, event, self, system }
    for (const action of actions) {
      const { type, thing } = action
      const { context, children } = inner
      const params = told(action, info)
      if (thing?.assignment) {
        inner = { context: { ...context, ...assigned(thing.assignment, info, params) }, children }
        info = { context: inner.context, event, self, system }
      } else if (!thing?.resolve) {
        scope.actionExecutor({ type, info, params, exec: thing as never })
      } else {
        // None of XState's own actions asks for the states; to copy them is what takes its time.
        const snapshot = { machine: this.#machine, context, children, _nodes: [] }
        const [after, outcome, more] = thing.resolve(scope, snapshot as never, info, params, thing, extra)
        const exec = thing.execute && (() => thing.execute!(scope, outcome))
        if (exec) scope.actionExecutor({ type: thing.type!, info, params: outcome as never, exec })
        if (after.children !== children) inner = { context, children: after.children }
        if (!more) continue
        inner = this.#run(actionsOf(this.#machine, more), inner, { event, scope })
        info = { context: inner.context, event, self, system }
      }
    }
    return inner
  }

  #stopChildren({ context, children }: Inner, moment: Moment): Inner {
    const actions = Object.values(children).map((child) => stopChild(child as never))
    return this.#run(actionsOf(this.#machine, actions), { context, children }, moment)
  }

  #output(state: State, context: object, { self }: AnyActorScope): unknown {
    const { output } = this.#machine.root
    const event = { type: `xstate.done.state.${state.nodes.at(-1)!.id}`, output: undefined }
    return typeof output === 'function' ? output({ context, event, self } as never) : output
  }
}

// Raised events would have to be heard before the step is over; frozen, the queue refuses them.
const extra = { internalQueue: Object.freeze([]) }

/** The first of several steps that may be taken. */
function choose(
  steps: readonly Step[] | undefined,
  { context }: AnyMachineSnapshot,
  event: AnyEventObject
): Step | undefined {
  if (!steps) return undefined
  const args = { context, event }
  for (const step of steps) if (!step.guard || step.guard.thing!(args, told(step.guard, args))) return step
  return undefined
}

const changed = (snapshot: AnyMachineSnapshot, change: object): AnyMachineSnapshot => ({
  ...snapshot,
  ...change
})

/** Tells those who inspect the actor of a step. */
function tell(
  { event, scope }: Moment,
  snapshot: AnyMachineSnapshot,
  _transitions: AnyTransitionDefinition[]
): void {
  const inspected = scope.system as typeof scope.system & { _sendInspectionEvent(event: object): void }
  const step = { type: '@xstate.microstep', actorRef: scope.self, event, snapshot, _transitions }
  inspected._sendInspectionEvent(step)
}

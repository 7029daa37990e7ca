import {
  type AnyActorScope,
  type AnyEventObject,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type AnyStateNode,
  type AnyTransitionDefinition,
  spawnChild,
  stopChild
} from 'xstate'

type Args = { context: object; event: AnyEventObject }
type Guard = (args: Args, params: unknown) => boolean

/** What an action does. XState's own say first what is to be done, then do it. Source: XState's `BuiltinAction`. */
type Work = ((args: Args, params: unknown) => void) & {
  /** Of XState's own. */
  type?: string
  /** What `assign` assigns. */
  assignment?: object
  resolve?(
    scope: AnyActorScope,
    snapshot: AnyMachineSnapshot,
    args: Args,
    params: unknown,
    work: Work,
    extra: { internalQueue: readonly AnyEventObject[] }
  ): [snapshot: AnyMachineSnapshot, outcome: unknown, more: readonly Named<Work>[] | undefined]
  execute?(scope: AnyActorScope, outcome: unknown): void
}

/** A guard or an action as it stands in a chart: its name, its name and what it is told, or the thing itself. */
type Named<Thing> = string | { type: string; params?: unknown } | Thing

/** The same, looked up. */
interface Known<Thing> {
  type: string
  thing: Thing | undefined
  params: unknown
}

/** What a transition does in one state, as far as that is known before anything happens. */
interface Step {
  transition: AnyTransitionDefinition
  guard: Known<Guard> | null
  /** Of the states that are left, of the transition, and of the states that are entered. */
  actions: readonly Known<Work>[]
  next: State
}

/** A state that has no others in it, and those around it: where a machine may stand. */
interface State {
  /** From the root inwards. */
  nodes: readonly AnyStateNode[]
  value: unknown
  tags: ReadonlySet<string>
  /** By type of event; the first that may be taken is. */
  on: Map<string, Step[]>
  always: Step[]
  isFinal: boolean
}

/**
 * Gives a machine a table of its transitions, and gives the machine back. XState finds out at each event which states
 * are left and entered, and copies the snapshot for each action; but the one follows from the chart alone, and the other
 * is needed once. What happens is the same, in the same order. Throws where the chart has what the table has not:
 * parallel states, history, delays, re-entrance, wildcards, final states inside of others.
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
  readonly #states = new Map<AnyStateNode, State>()
  /** What a snapshot consists of before anything has happened. */
  readonly #blank: AnyMachineSnapshot
  readonly #first: State
  readonly #entry: readonly Known<Work>[]

  constructor(machine: AnyStateMachine) {
    this.#machine = machine
    const { root } = machine
    const all = within(root)
    all.forEach(demandPlain)
    const leaves = all.filter(isLeaf)
    for (const leaf of leaves) this.#states.set(leaf, stateOf(leaf))
    for (const leaf of leaves) this.#fill(this.#states.get(leaf)!)
    const entered = [root, ...inside(root)]
    this.#first = this.#states.get(entered.at(-1)!)!
    this.#entry = this.#actions(entered.flatMap(entryOf))
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

  /** The snapshot of an actor that is told to stop. */
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
        inner = this.#run(this.#actions(more), inner, { event, scope })
        info = { context: inner.context, event, self, system }
      }
    }
    return inner
  }

  #stopChildren({ context, children }: Inner, moment: Moment): Inner {
    const actions = Object.values(children).map((child) => stopChild(child as never))
    return this.#run(this.#actions(actions), { context, children }, moment)
  }

  #output(state: State, context: object, { self }: AnyActorScope): unknown {
    const { output } = this.#machine.root
    const event = { type: `xstate.done.state.${state.nodes.at(-1)!.id}`, output: undefined }
    return typeof output === 'function' ? output({ context, event, self } as never) : output
  }

  #fill(state: State): void {
    for (const node of state.nodes.toReversed()) {
      for (const [type, transitions] of node.transitions) {
        const steps = transitions.map((transition) => this.#step(state, transition))
        state.on.set(type, [...(state.on.get(type) ?? []), ...steps])
      }
      state.always.push(...(node.always ?? []).map((transition) => this.#step(state, transition)))
    }
  }

  #step(from: State, transition: AnyTransitionDefinition): Step {
    const { left, entered } = path(from.nodes, transition)
    const actions = [
      ...left.flatMap(({ exit, invoke }) => [...exit, ...invoke.map(({ id }) => stopChild(id))]),
      ...transition.actions,
      ...entered.flatMap(entryOf)
    ]
    const leaf = entered.at(-1) ?? from.nodes.at(-1)!
    return {
      transition,
      guard: transition.guard ? this.#guard(transition.guard as Named<Guard>) : null,
      actions: this.#actions(actions),
      next: this.#states.get(leaf)!
    }
  }

  #actions(actions: readonly unknown[]): readonly Known<Work>[] {
    const known = this.#machine.implementations.actions as Record<string, Work>
    return actions.map((action) => look(action as Named<Work>, known))
  }

  #guard(guard: Named<Guard>): Known<Guard> {
    const known = look(guard, this.#machine.implementations.guards as Record<string, Guard>)
    if (typeof known.thing !== 'function' || 'check' in known.thing)
      throw new Error(`The guard "${known.type}" of "${this.#machine.id}" is no function of its own.`)
    return known
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

function look<Thing>(named: Named<Thing>, things: Record<string, Thing>): Known<Thing> {
  if (typeof named === 'string') return { type: named, thing: things[named], params: undefined }
  if (typeof named === 'function') {
    const { type, name } = named as unknown as { type?: string; name: string }
    return { type: type ?? (name || '(anonymous)'), thing: named, params: undefined }
  }
  const { type, params } = named as { type: string; params?: unknown }
  return { type, thing: things[type], params }
}

const told = ({ params }: Known<unknown>, { context, event }: Args): unknown =>
  typeof params === 'function' ? params({ context, event }) : params

function assigned(assignment: object, args: Args, params: unknown): object {
  if (typeof assignment === 'function') return assignment(args, params)
  const values = Object.entries(assignment).map(([key, value]) => [
    key,
    typeof value === 'function' ? value(args, params) : value
  ])
  return Object.fromEntries(values)
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

function isLeaf({ type }: AnyStateNode): boolean {
  return type === 'atomic' || type === 'final'
}

/** A state and all around it, from the root inwards. */
function around(node: AnyStateNode): AnyStateNode[] {
  return node.parent ? [...around(node.parent), node] : [node]
}

/** A state and all that are in it. */
function within(node: AnyStateNode): AnyStateNode[] {
  return [node, ...Object.values(node.states as Record<string, AnyStateNode>).flatMap(within)]
}

/** The states into which a state leads of itself, from the outermost on. */
function inside(node: AnyStateNode): AnyStateNode[] {
  if (isLeaf(node)) return []
  const first = node.initial.target![0]!
  return [first, ...inside(first)]
}

/** What is done when a state is entered. */
const entryOf = ({ entry, invoke }: AnyStateNode) => [
  ...entry,
  ...invoke.map((one) => spawnChild(one.src as never, one as never))
]

/** Which states a transition leaves, from the innermost on, and which it enters, from the outermost on. */
function path(
  nodes: readonly AnyStateNode[],
  { source, target: targets }: AnyTransitionDefinition
): { left: readonly AnyStateNode[]; entered: readonly AnyStateNode[] } {
  if (!targets) return { left: [], entered: [] }
  const [target] = targets as [AnyStateNode]
  const way = around(target)
  // What is around both stays: the source itself, where it leads to a state in it.
  const domain = way.includes(source)
    ? source
    : way.findLast((node) => node !== target && around(source).includes(node))!
  const below = (chain: readonly AnyStateNode[]) => chain.slice(chain.indexOf(domain) + 1)
  return { left: below(nodes).toReversed(), entered: [...below(way), ...inside(target)] }
}

function stateOf(leaf: AnyStateNode): State {
  const nodes = around(leaf)
  const value = nodes
    .slice(1)
    .reduceRight<unknown>((inner, { key }) => (inner === null ? key : { [key]: inner }), null)
  const tags = new Set(nodes.flatMap(({ tags }) => tags))
  return { nodes, value, tags, on: new Map(), always: [], isFinal: leaf.type === 'final' }
}

function demandPlain(node: AnyStateNode): void {
  const { id, type, config, transitions, always = [], exit, parent } = node
  const all = [...transitions.values(), always].flat()
  const isPlain =
    type !== 'parallel' &&
    type !== 'history' &&
    !config.after &&
    (type !== 'final' || (!parent!.parent && config.output === undefined)) &&
    ((type !== 'final' && parent) || exit.length === 0) &&
    (isLeaf(node) || node.initial.actions.length === 0) &&
    all.every(({ reenter, target }) => !reenter && (target?.length ?? 1) === 1) &&
    [...transitions.keys()].every((descriptor) => !descriptor.includes('*'))
  if (!isPlain) throw new Error(`The state "${id}" has what no table of transitions can hold.`)
}

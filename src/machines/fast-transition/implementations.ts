import type { AnyActorScope, AnyEventObject, AnyMachineSnapshot, AnyStateMachine } from 'xstate'

/** What guards and actions get. */
export type Args = { context: object; event: AnyEventObject }
export type Guard = (args: Args, params: unknown) => boolean

/** What an action does. XState's own say first what is to be done, then do it. Source: XState's `BuiltinAction`. */
export type Work = ((args: Args, params: unknown) => void) & {
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

/** A guard or an action as it stands in a chart: its name, its name and parameters, or the function itself. */
export type Named<Thing> = string | { type: string; params?: unknown } | Thing

/** The same, looked up. */
export interface Known<Thing> {
  type: string
  thing: Thing | undefined
  params: unknown
}

/** The actions of a machine, looked up. */
export function actionsOf(machine: AnyStateMachine, actions: readonly unknown[]): readonly Known<Work>[] {
  const known = machine.implementations.actions as Record<string, Work>
  return actions.map((action) => look(action as Named<Work>, known))
}

/** A guard of a machine, looked up. Throws where it is made of others. */
export function guardOf(machine: AnyStateMachine, guard: Named<Guard>): Known<Guard> {
  const known = look(guard, machine.implementations.guards as Record<string, Guard>)
  if (typeof known.thing !== 'function' || 'check' in known.thing)
    throw new Error(`The guard "${known.type}" of "${machine.id}" is no function of its own.`)
  return known
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

/** The parameters of a guard or an action: fixed, or computed from the event. */
export const told = ({ params }: Known<unknown>, { context, event }: Args): unknown =>
  typeof params === 'function' ? params({ context, event }) : params

/** What `assign` changes. */
export function assigned(assignment: object, args: Args, params: unknown): object {
  if (typeof assignment === 'function') return assignment(args, params)
  const values = Object.entries(assignment).map(([key, value]) => [
    key,
    typeof value === 'function' ? value(args, params) : value
  ])
  return Object.fromEntries(values)
}

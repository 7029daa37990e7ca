import { type AnyStateMachine, createMachine } from 'xstate'

/** A chart that lacks one transition, which the name tells. */
export interface Mutant {
  name: string
  machine: AnyStateMachine
}

type Config = Record<string, unknown>
type Path = readonly (string | number)[]

/** Every chart that differs from this one by the lack of one transition. */
export function mutantsOf(machine: AnyStateMachine): Mutant[] {
  return transitionsOf(machine.config as Config, [], machine.id).map(({ name, path }) => {
    const config = copy(machine.config)
    remove(config as Config, path)
    return { name, machine: createMachine(config as never, machine.implementations as never) }
  })
}

/** The transitions of a state and of those inside: each entry of `on`, of `always`, and of what is invoked. */
function transitionsOf(state: Config, path: Path, id: string): { name: string; path: Path }[] {
  const events = Object.entries((state.on ?? {}) as Config)
  const invokes = state.invoke ? [state.invoke].flat().map((invoke, index) => [invoke, index] as const) : []
  const children = Object.entries((state.states ?? {}) as Record<string, Config>)
  return [
    ...events.flatMap(([event, entry]) => entriesOf(entry, [...path, 'on', event], `${id} on ${event}`)),
    ...entriesOf(state.always, [...path, 'always'], `${id} always`),
    ...entriesOf(state.onDone, [...path, 'onDone'], `${id} onDone`),
    ...invokes.flatMap(([invoke, index]) =>
      ['onDone', 'onError', 'onSnapshot'].flatMap((key) => {
        const at = Array.isArray(state.invoke) ? [...path, 'invoke', index, key] : [...path, 'invoke', key]
        return entriesOf((invoke as Config)[key], at, `${id} ${key}`)
      })
    ),
    ...children.flatMap(([key, child]) => transitionsOf(child, [...path, 'states', key], `${id}.${key}`))
  ]
}

function entriesOf(entry: unknown, path: Path, name: string): { name: string; path: Path }[] {
  if (entry === undefined) return []
  if (!Array.isArray(entry)) return [{ name: `${name}${label(entry)}`, path }]
  return entry.map((one, index) => ({ name: `${name}${label(one)}`, path: [...path, index] }))
}

function label(entry: unknown): string {
  if (typeof entry === 'string') return ` → ${entry}`
  const { guard, target, actions } = entry as Config
  const condition =
    guard === undefined ? '' : ` [${typeof guard === 'string' ? guard : JSON.stringify(guard)}]`
  return `${condition} → ${target ?? `(${[actions].flat().join(', ')})`}`
}

function remove(config: Config, path: Path): void {
  let owner: Config | unknown[] = config
  for (const key of path.slice(0, -1)) owner = (owner as Config)[key] as Config
  const last = path.at(-1)!
  if (Array.isArray(owner)) owner.splice(last as number, 1)
  else delete owner[last]
}

/** Copies what is plain, and keeps functions as they are. */
function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copy(inner)]))
}

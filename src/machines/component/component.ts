import type { z } from 'zod'

/** What sort of thing a component is. Source: AutoGen's `component_type`. */
export type Kind =
  | 'team'
  | 'agent'
  | 'model'
  | 'tool'
  | 'workbench'
  | 'termination'
  | 'chat_completion_context'
  | 'memory'
  | 'code_executor'

/** A component as JSON, in AutoGen's shape. */
export interface ComponentModel {
  provider: string
  component_type?: string | null
  version?: number | null
  component_version?: number | null
  description?: string | null
  label?: string | null
  /** Of a team: tasks to try it with, the most telling first. Ours; others pass over it. */
  example_tasks?: string[] | null
  config: Record<string, unknown>
}

/** Gives a schema that reads a component standing inside another one's config. */
export type Nested = <Thing>(...kinds: Kind[]) => z.ZodType<Thing, ComponentModel>

/** How one provider's components are read and made. Adding a component is one of these and a line in an index. */
export interface ComponentType<Thing, Config extends object = object> {
  provider: string
  /** Other names under which AutoGen knows it. */
  aliases?: readonly string[]
  kind: Kind
  /** The newest version of the config that is understood, and the one written. */
  version: number
  description: string
  /** The schema of the config; what stands inside it is read by `nested`. */
  config(nested: Nested): z.ZodType<Config>
  create(config: Config): Thing
}

/** The component that a thing was made from: its type and config, nested things in place; `labels` as they were written. */
export interface Origin {
  type: ComponentType<unknown, never>
  config: object
  labels?: Labels
}
type Labels = Pick<ComponentModel, 'label' | 'description'>
// A property and no WeakMap: of those the collector makes heavy work.
const key = Symbol('origin')
type Made = { [key]?: Origin }

/** Makes a thing and remembers whence it came, so that it can be dumped again. */
export function make<Thing extends object, Config extends object>(
  type: ComponentType<Thing, Config>,
  config: Config,
  labels?: Labels
): Thing {
  const thing = type.create(config)
  ;(thing as Made)[key] = { type: type as unknown as Origin['type'], config, labels }
  return thing
}

/** Remembers the origin of a thing that was made by its own constructor. */
export function remember<Thing extends object, Config extends object>(
  type: ComponentType<Thing, Config>,
  config: Config,
  thing: Thing
): Thing {
  ;(thing as Made)[key] = { type: type as unknown as Origin['type'], config }
  return thing
}

/** Whence a thing came, if it was made from a component. */
export const originOf = (thing: object): Origin | undefined => (thing as Made)[key]

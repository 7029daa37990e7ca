import { z } from 'zod'
import {
  type ComponentModel,
  type ComponentType,
  type Kind,
  make,
  type Nested,
  originOf
} from '../../machines/component/component.ts'
import { conditions } from '../../machines/conditions/index.ts'
import { explain, leaves, type ReasonCode, reasons, TroupeError } from '../../protocol/errors.ts'
import { agents, agentTools, answers, executors } from '../agents/index.ts'
import { contexts } from '../contexts/index.ts'
import type { Guard } from '../contract/guards.ts'
import { memories } from '../memory/index.ts'
import { models } from '../models/index.ts'
import { Team } from '../team/team.ts'
import { teams, teamTools } from '../teams/index.ts'
import { tools } from '../tools/index.ts'
import { whatIs } from './documents/describe.ts'
import { recognize } from './documents/recognize.ts'
import { laxly } from './lax.ts'
import { presentName, unknown } from './providers.ts'

const WholeText = z.string().regex(/^\d+$/, 'a whole number is wanted').transform(Number)

/** A component as JSON, of whatever kind. */
export const ComponentJson = z.looseObject({
  provider: z.string(),
  component_type: z.string().nullish(),
  version: z.union([z.int(), WholeText]).nullish(),
  component_version: z.union([z.int(), WholeText]).nullish(),
  description: z.string().nullish(),
  label: z.string().nullish(),
  config: z.record(z.string(), z.unknown())
})

/** The type of any component. */
// biome-ignore lint/suspicious/noExplicitAny: a registry holds types of all configs
export type AnyType = ComponentType<any, any>

/** Knows components by their provider string; what is not registered cannot be loaded. */
export class Registry {
  readonly #types = new Map<string, AnyType>()
  readonly #schemas = new Map<AnyType, z.ZodType<object>>()
  /** Guards of all teams that it loads, before their own. */
  readonly guards: Guard[] = []

  constructor(types: readonly AnyType[] = builtIn) {
    for (const type of types) this.register(type)
  }

  register(type: AnyType): this {
    for (const provider of [type.provider, ...(type.aliases ?? [])]) this.#types.set(provider, type)
    return this
  }

  /** The types of all components, or of one kind. */
  types(kind?: Kind): AnyType[] {
    return [...new Set(this.#types.values())].filter((type) => !kind || type.kind === kind)
  }

  /** The type of a provider, under whatever name AutoGen has known it. */
  find(provider: string): AnyType | undefined {
    return this.#types.get(provider) ?? this.#types.get(presentName(provider))
  }

  /** Makes the thing that a component describes. Throws `bad_component` with every place that does not fit. */
  load<Thing>(component: unknown, ...kinds: Kind[]): Thing {
    const document = recognize(component)
    const given = document.kind === 'component' ? document.component : component
    const parsed = this.nested<Thing>(...kinds).safeParse(given)
    if (parsed.success) return this.#withGuards(parsed.data)
    if (document.kind === 'component') throw badComponent(parsed.error)
    throw new TroupeError('bad_component', `component: This is ${whatIs(document)}`)
  }

  #withGuards<Thing>(thing: Thing): Thing {
    if (this.guards.length > 0 && thing instanceof Team) thing.guards = [...this.guards, ...thing.guards]
    return thing
  }

  /** The schema of a component's config, nested components included. */
  schema(type: AnyType): z.ZodType<object> {
    let schema = this.#schemas.get(type)
    if (!schema) {
      schema = type.config(this.nested) as z.ZodType<object>
      this.#schemas.set(type, schema)
    }
    return schema
  }

  /** Says what is wrong with the components inside of one that cannot be read itself. */
  #look(value: unknown, path: PropertyKey[], context: z.core.$RefinementCtx): void {
    if (typeof value !== 'object' || value === null) return
    if ('provider' in value && 'config' in value) {
      const issues = this.nested().safeParse(value).error?.issues ?? []
      for (const issue of issues)
        context.issues.push({ ...issue, code: 'custom', path: [...path, ...issue.path], input: value })
      return
    }
    for (const [key, item] of Object.entries(value))
      this.#look(item, [...path, Array.isArray(value) ? Number(key) : key], context)
  }

  /** A schema that reads a component of one of these kinds and gives the thing itself. */
  readonly nested: Nested = <Thing>(...kinds: Kind[]) =>
    ComponentJson.transform((model, context): Thing => {
      const type = this.find(model.provider)
      const refuse = (message: string, path: PropertyKey[], params?: { reason: ReasonCode }) => {
        context.issues.push({ code: 'custom', message, path, input: model, params })
        return z.NEVER
      }
      if (!type) {
        this.#look(model.config, ['config'], context)
        return refuse(unknown(model.provider, this.types()), ['provider'])
      }
      if (kinds.length > 0 && !kinds.includes(type.kind)) {
        return refuse(reasons.wrong_kind(model.provider, `a ${kinds.join(' or ')}`), ['provider'])
      }
      const version = model.component_version ?? model.version ?? type.version
      if (version > type.version) {
        return refuse(reasons.newer_version(model.provider, String(version)), ['component_version'])
      }
      const config = laxly(this.schema(type), model.config)
      if (!config.success) {
        for (const issue of leaves(config.error.issues)) {
          context.issues.push({ ...issue, code: 'custom', path: ['config', ...issue.path], input: model })
        }
        return z.NEVER
      }
      try {
        return make(type, config.data, model) as Thing
      } catch (error) {
        const reason = error instanceof TroupeError ? { reason: error.code } : undefined
        return refuse(error instanceof Error ? error.message : String(error), ['config'], reason)
      }
    }) as unknown as z.ZodType<Thing, ComponentModel>
}

/** Says every place that does not fit; the code is that of a part which was refused for a listed reason. */
function badComponent(error: z.ZodError): TroupeError {
  const reason = error.issues.map((issue) => issue.code === 'custom' && issue.params?.reason).find(Boolean)
  return Object.assign(new TroupeError('bad_component', explain(error)), reason && { code: reason })
}

/** Every component that comes with Troupe. */
export const builtIn: readonly AnyType[] = [
  ...teams,
  ...agents,
  ...agentTools,
  ...answers,
  ...executors,
  ...tools,
  ...teamTools,
  ...models,
  ...conditions,
  ...contexts,
  ...memories
]

/** Makes the thing that a component of AutoGen describes; throws `bad_component` with every place that does not fit. */
export const fromComponent = <Thing = unknown>(component: unknown, registry = new Registry()): Thing =>
  registry.load<Thing>(component)

/** Writes a thing as the component from which it can be loaded again. */
export function dump(thing: object): ComponentModel {
  const origin = originOf(thing)
  if (!origin) throw new TroupeError('cannot_be_dumped', thing.constructor.name)
  const { type, config, labels } = origin
  return {
    provider: type.provider,
    component_type: type.kind,
    version: type.version,
    component_version: type.version,
    description: labels?.description ?? type.description,
    label: labels?.label ?? type.provider.slice(type.provider.lastIndexOf('.') + 1),
    config: dumpValue(config, type.provider) as Record<string, unknown>
  }
}

function dumpValue(value: unknown, where: string): unknown {
  if (typeof value === 'function') throw new TroupeError('cannot_be_dumped', where)
  if (typeof value !== 'object' || value === null) return value
  if (originOf(value)) return dump(value)
  if (Array.isArray(value)) return value.map((item, i) => dumpValue(item, `${where}[${i}]`))
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, dumpValue(item, `${where}.${key}`)])
  )
}

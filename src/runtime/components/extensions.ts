import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { type Kind, originOf } from '../../machines/component/component.ts'
import { TerminationCondition } from '../../machines/conditions/condition.ts'
import { Team } from '../team/team.ts'
import type { Tool } from '../tools/tool.ts'
import { resolveTroupe } from './own-imports.ts'
import type { AnyType } from './registry.ts'

/** What an operator has brought along for configs to name. */
export interface Extensions {
  /** Tools, which configs name by their names. */
  tools: Tool[]
  /** Components, which configs name by their provider strings. */
  types: AnyType[]
}

/**
 * Loads what modules export: tools, component types, and agents, teams, models, conditions and memories, or functions
 * that make one; these go by the names of their exports. Rejects where a file cannot be loaded, exports nothing of the
 * kind, or a name is taken already.
 */
export async function loadExtensions(files: readonly string[]): Promise<Extensions> {
  const found: Extensions = { tools: [], types: [] }
  if (files.length > 0) resolveTroupe()
  for (const file of files) {
    const before = found.tools.length + found.types.length
    for (const [name, value] of Object.entries(await load(file))) add(found, name, value, file)
    if (found.tools.length + found.types.length === before)
      throw new Error(
        `${file} exports nothing that can be registered: a tool (\`tool({ name, … })\`), a component type, or an ` +
          'agent, team, model, condition or memory.'
      )
  }
  return found
}

/**
 * What a program brings along under names: components, things and functions that make them, as modules export them.
 * Throws where a name is taken twice.
 */
export function extensionsOf(named: Readonly<Record<string, unknown>>, where: string): Extensions {
  const found: Extensions = { tools: [], types: [] }
  for (const [name, value] of Object.entries(named)) add(found, name, value, where)
  return found
}

async function load(file: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(resolve(file)).href)) as Record<string, unknown>
  } catch (error) {
    throw new Error(`${file} cannot be loaded: ${(error as Error).message}`, { cause: error })
  }
}

function add(found: Extensions, name: string, value: unknown, file: string): void {
  if (Array.isArray(value)) {
    for (const item of value) add(found, name, item, file)
    return
  }
  if (isTool(value)) {
    const known = value.schema.name
    if (found.tools.some(({ schema }) => schema.name === known))
      throw new Error(`${file}: there is a tool named "${known}" already.`)
    found.tools.push(value)
    return
  }
  const type = isType(value) ? value : ofThing(name, value)
  if (!type) return
  if (found.types.some(({ provider }) => provider === type.provider))
    throw new Error(`${file}: there is a component with the provider "${type.provider}" already.`)
  found.types.push(type)
}

/** The type of components that give a thing, or what a function makes each time. */
function ofThing(name: string, value: unknown): AnyType | undefined {
  const make = typeof value === 'function' && value.length === 0 && !isClass(value) ? value : undefined
  const sample: unknown = make ? make() : value
  const kind = kindOf(sample)
  if (!kind) return undefined
  let fresh = make ? sample : undefined
  return {
    provider: name,
    kind,
    version: 1,
    description: `The ${kind} that the operator has registered as "${name}".`,
    config: () => z.looseObject({}),
    create() {
      if (!make) return shared(name, kind, value)
      const thing = fresh ?? make()
      fresh = undefined
      return thing
    }
  }
}

const taken = new WeakSet<object>()

/** A thing that was made once: what keeps a state belongs to one place only. */
function shared(name: string, kind: Kind, thing: unknown): unknown {
  const stateful = kind === 'team' || kind === 'agent' || kind === 'memory'
  if (!stateful) return thing
  if (taken.has(thing as object))
    throw new Error(
      `"${name}" was made once and is in use: export a function that makes it, \`export const ${name} = () => …\`.`
    )
  taken.add(thing as object)
  return thing
}

const has = (value: unknown, ...names: string[]): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && names.every((name) => name in value)

const isTool = (value: unknown): value is Tool =>
  has(value, 'schema', 'run') && has(value.schema, 'name', 'parameters') && typeof value.run === 'function'

/** What `define…` gives is a function too. */
const isType = (value: unknown): value is AnyType =>
  ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
  ['provider', 'kind', 'config', 'create'].every((name) => name in value) &&
  typeof (value as AnyType).create === 'function'

const isClass = (value: object) => /^class\b/.test(Function.prototype.toString.call(value))

function kindOf(value: unknown): Kind | undefined {
  if (value instanceof Team) return 'team'
  if (value instanceof TerminationCondition) return 'termination'
  if (has(value, 'respond', 'name', 'opening')) return 'agent'
  if (has(value, 'create', 'info')) return 'model'
  if (has(value, 'query', 'add', 'clear')) return 'memory'
  if (has(value, 'listTools', 'callTool')) return 'workbench'
  return has(value) ? originOf(value)?.type.kind : undefined
}

import { z } from 'zod'
import { originOf } from '../../machines/component/component.ts'
import { nearestName } from '../../machines/shared/option-names.ts'
import type { Tool } from '../tools/tool.ts'
import type { Registry } from './registry.ts'

/** Something to be known of a loaded component: where it stands, and the sentence. */
export interface Remark {
  place: string
  text: string
}

type Visit = (thing: object, place: string) => void

/** Visits a loaded thing and all components inside of it, each with its place: `config.participants[0]`. */
export function visit(thing: object, on: Visit, place = ''): void {
  on(thing, place)
  const config = originOf(thing)?.config
  if (config) inside(config, on, place ? `${place}.config` : 'config')
}

function inside(value: unknown, on: Visit, place: string): void {
  if (typeof value !== 'object' || value === null) return
  if (originOf(value)) return visit(value, on, place)
  for (const [key, item] of Object.entries(value))
    inside(item, on, Array.isArray(value) ? `${place}[${key}]` : `${place}.${key}`)
}

/** Remarks on the parts of a component for a person: where tools come from, which options have no effect. */
export function remarksOn(thing: object): Remark[] {
  const remarks: Remark[] = []
  visit(thing, (part, place) => {
    const { note } = part as Partial<Tool>
    if (typeof note === 'string') remarks.push({ place, text: note })
  })
  return remarks
}

/** What is wrong with tools that have to be looked at first, such as Python source that does not compile. */
export async function problemsInside(thing: object, signal: AbortSignal): Promise<Remark[]> {
  const checks: Promise<Remark | undefined>[] = []
  visit(thing, (part, place) => {
    const tool = part as Partial<Tool>
    if (typeof tool.describe !== 'function') return
    const failed = (error: Error) => ({ place: `${place}.config`, text: error.message })
    checks.push(tool.describe(signal).then(() => undefined, failed))
  })
  const found = await Promise.all(checks)
  return found.filter((problem) => problem !== undefined)
}

/** The fields of a component's config, and of those inside of it, that its type does not know: they have no effect. */
export function fieldsWithoutEffect(component: unknown, registry: Registry, place = ''): Remark[] {
  if (typeof component !== 'object' || component === null) return []
  const { provider, config } = component as { provider?: unknown; config?: unknown }
  const type = typeof provider === 'string' ? registry.find(provider) : undefined
  const schema = type && registry.schema(type)
  const remarks: Remark[] = []
  if (type && schema instanceof z.ZodObject && typeof config === 'object' && config !== null) {
    const known = Object.keys(schema.shape)
    for (const key of Object.keys(config).filter((key) => !known.includes(key))) {
      const near = nearestName(key, known)
      const hint = near === undefined || near in config ? '' : ` Do you mean "${near}"?`
      const text = `"${key}" is no field of ${type.provider}: it has no effect.${hint}`
      remarks.push({ place: place ? `${place}.config` : 'config', text })
    }
  }
  for (const [key, item] of Object.entries(component)) {
    const at = Array.isArray(component) ? `${place}[${key}]` : place ? `${place}.${key}` : key
    remarks.push(...fieldsWithoutEffect(item, registry, at))
  }
  return remarks
}

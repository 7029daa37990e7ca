import { isDeepStrictEqual } from 'node:util'
import type { ComponentModel } from '../../../machines/component/component.ts'
import { originOf } from '../../../machines/component/component.ts'
import { visit } from '../problems.ts'
import { dump, type Registry } from '../registry.ts'
import type { Document } from './recognize.ts'

/** A document with all that can be mended, what was changed for that, and what is still wrong. */
export interface Mended {
  value: unknown
  changes: string[]
  problems: string[]
}

/** Lists from which what cannot be loaded may be left out, and the component still is what it was. */
const dispensable = /^(.*\.(?:tools|workbench|memory))\[(\d+)\](?=\.|:|$)/

/** Mends a component, or every component of a gallery. */
export function mend(
  document: Extract<Document, { kind: 'component' | 'gallery' }>,
  registry: Registry
): Mended {
  if (document.kind === 'component') {
    const mended = mendComponent(document.component, registry)
    return { ...mended, changes: [...document.changes, ...mended.changes] }
  }
  const changes = [...document.changes]
  const problems: string[] = []
  const lists = structuredClone(document.gallery.components) as Record<string, unknown[]>
  for (const { at, component } of document.components) {
    const mended = mendComponent(component, registry)
    const [, name = '', index = ''] = /^components\.(.+)\[(\d+)\]$/.exec(at) ?? []
    lists[name]![Number(index)] = mended.value
    changes.push(...mended.changes.map((change) => `${at}.${change}`))
    problems.push(...mended.problems.map((problem) => `${at}.${problem}`))
  }
  return { value: { ...document.gallery, components: lists }, changes, problems }
}

function mendComponent(given: ComponentModel, registry: Registry): Mended {
  const component = structuredClone(given)
  const changes: string[] = []
  nameProviders(component, registry, '', changes)
  for (;;) {
    const problems = problemsOf(component, registry)
    if (!Array.isArray(problems)) {
      const value = asLoaded(component, problems, changes)
      return { value, changes, problems: [] }
    }
    const found = problems.map((line) => dispensable.exec(line)).find(Boolean)
    if (!found || !remove(component, found[1]!, Number(found[2])))
      return { value: component, changes, problems }
    const why = problems.find((line) => line.startsWith(found[0]!))!
    changes.push(
      `${found[0]} is left out, since it cannot be loaded (${why.slice(found[0]!.length).replace(/^[^:]*: /, '')})`
    )
  }
}

/** Writes the providers of a component, and of all inside of it, under their names of today. */
function nameProviders(value: unknown, registry: Registry, place: string, changes: string[]): void {
  if (typeof value !== 'object' || value === null) return
  const { provider } = value as { provider?: unknown }
  const type = typeof provider === 'string' ? typeOf(provider, registry) : undefined
  if (type && type.provider !== provider) {
    changes.push(`${place ? `${place}.` : ''}provider: "${provider}" is written "${type.provider}"`)
    ;(value as { provider: string }).provider = type.provider
  }
  for (const [key, item] of Object.entries(value)) {
    const at = Array.isArray(value) ? `${place}[${key}]` : place ? `${place}.${key}` : key
    nameProviders(item, registry, at, changes)
  }
}

/** The type of a provider; also where only the module before its class is wrong, as people write it from memory. */
function typeOf(provider: string, registry: Registry): { provider: string } | undefined {
  const known = registry.find(provider)
  if (known || !provider.startsWith('autogen')) return known
  const end = provider.slice(provider.lastIndexOf('.'))
  const same = registry.types().filter((type) => type.provider.endsWith(end))
  return same.length === 1 ? same[0] : undefined
}

/** The loaded thing, or what is wrong. */
function problemsOf(component: ComponentModel, registry: Registry): object | string[] {
  try {
    return registry.load<object>(component)
  } catch (error) {
    return (error as Error).message.split('\n')
  }
}

function remove(component: ComponentModel, place: string, index: number): boolean {
  const steps = place
    .split(/\.|(?=\[)/)
    .map((step) => (step.startsWith('[') ? Number(step.slice(1, -1)) : step))
  const list = steps.reduce<unknown>(
    (at, step) => (at as Record<string, unknown> | undefined)?.[step],
    component
  )
  if (!Array.isArray(list) || index >= list.length) return false
  list.splice(index, 1)
  return true
}

/** The component with its plain values as they were read, where these are not what was written. */
function asLoaded(component: ComponentModel, thing: object, changes: string[]): ComponentModel {
  visit(thing, (part, place) => {
    const written = at(component, place) as ComponentModel | undefined
    if (!written || !originOf(part)) return
    for (const [key, value] of Object.entries(dump(part).config)) {
      const before = written.config[key]
      if (before === undefined || isDeepStrictEqual(before, value) || !isPlain(before) || !isPlain(value))
        continue
      changes.push(
        `${place ? `${place}.` : ''}config.${key}: ${JSON.stringify(before)} is written ${JSON.stringify(value)}`
      )
      written.config[key] = value
    }
  })
  return component
}

const at = (value: unknown, place: string): unknown =>
  place === ''
    ? value
    : place
        .split(/\.|(?=\[)/)
        .map((step) => (step.startsWith('[') ? Number(step.slice(1, -1)) : step))
        .reduce<unknown>((inside, step) => (inside as Record<string, unknown> | undefined)?.[step], value)

const isPlain = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value)

import { make, originOf } from '../../machines/component/component.ts'
import { TroupeError } from '../../protocol/errors.ts'

/**
 * Makes a thing anew from what it was made of, so that nothing which one run changes is seen by another: a team with
 * agents, models, contexts and workbenches of its own. What keeps no state, conditions and functions among it, is shared.
 * Throws `made_once` where something in it is known by its code only.
 *
 * @param thing a team, or what stands inside of one
 * @param where the name of the team, for the error
 */
export function remake<Thing extends object>(thing: Thing, where: string): Thing {
  const origin = originOf(thing)
  if (!origin) {
    if ('respond' in thing) throw new TroupeError('made_once', where, nameOf(thing))
    return thing
  }
  const { type, config, labels } = origin
  // `external().set()` is to reach every run of a team that waits for it.
  if (type.kind === 'termination') return thing
  const made = make(type as never, remakeAll(config, where) as never, labels) as Thing
  if (made.constructor !== thing.constructor) throw new TroupeError('made_once', where, nameOf(thing))
  return made
}

function remakeAll(value: unknown, where: string): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => remakeAll(item, where))
  if (Object.getPrototypeOf(value) !== Object.prototype || originOf(value) || 'respond' in value)
    return remake(value, where)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, remakeAll(item, where)]))
}

function nameOf(thing: object): string {
  const { name } = thing as { name?: unknown }
  return typeof name === 'string' ? name : thing.constructor.name
}

import type { TeamOutline } from '../../../src/runtime/inspection/team-outline.ts'
import { costOf, type PriceList, priceOf } from '../../../src/runtime/models/prices.ts'
import type { Usage } from '../api/types.ts'
import type { Item } from './items.ts'
import { outlineAt } from './members.ts'
import { nameOf } from './paths.ts'
import type { EffectAt } from './timeline.ts'

/** What was used: tokens, and what they cost where that is known. */
export interface Spent extends Usage {
  calls: number
  /** In the currency of the prices; null where no price is known for any of it. */
  cost: number | null
  /** Models for which there is no price: the cost is more than what stands there. */
  unpriced: readonly string[]
}

/** What a run and each of its actors have used. */
export interface UsageReport {
  total: Spent
  /** By the id of the actor. */
  actors: ReadonlyMap<string, Spent>
  currency: string
}

const nothing: Spent = { prompt_tokens: 0, completion_tokens: 0, calls: 0, cost: null, unpriced: [] }

const sum = (one: Spent, other: Spent): Spent => ({
  prompt_tokens: one.prompt_tokens + other.prompt_tokens,
  completion_tokens: one.completion_tokens + other.completion_tokens,
  calls: one.calls + other.calls,
  cost: one.cost === null && other.cost === null ? null : (one.cost ?? 0) + (other.cost ?? 0),
  unpriced: [...new Set([...one.unpriced, ...other.unpriced])]
})

/** A model call: who made it, of which model, what it used. */
interface Call extends Usage {
  actor: string
  model: string | null
  client: string | null
}

/** What is known of a run's model calls, from both streams. */
export interface CallSources {
  /** What effects have come to, as the inspection stream tells it; in the order in which they did. */
  effects: readonly EffectAt[]
  /** How many events of that stream count. */
  position: number
  /** What the frames tell: records of model calls, and messages with their tokens. */
  items: readonly Item[]
  outline: TeamOutline | null
  /** The run's id. */
  root: string
}

/**
 * Adds up what a run has used. Every call of a chart's actor stands among the effects, the manager's calls too. A call
 * that does not (of an agent that is a tool, or one whose answer came to nothing) is known by its record, or by the
 * message that it has led to.
 */
export function usageReport(sources: CallSources, prices: PriceList | null): UsageReport {
  const actors = new Map<string, Spent>()
  const add = (actor: string, spent: Spent) => actors.set(actor, sum(actors.get(actor) ?? nothing, spent))
  const charted = chartedCalls(sources)
  for (const [actor, { calls, ...usage }] of charted.sums)
    add(actor, { ...priced({ ...usage, ...modelOf(sources.outline, actor) }, prices), calls })
  for (const call of callsBeside(sources, charted)) add(call.actor, priced(call, prices))
  const total = [...actors.values()].reduce(sum, nothing)
  return { total, actors, currency: prices?.currency ?? 'USD' }
}

/** What one model call has used. */
export function priced({ model, client, ...usage }: Omit<Call, 'actor'>, prices: PriceList | null): Spent {
  const { prompt_tokens, completion_tokens } = usage
  const price = prices && priceOf(prices, { name: model, client })
  const cost = prices && price ? costOf(prices, price, usage) : null
  const unpriced = price || prices === null ? [] : [model ?? client ?? 'a model without a name']
  return { prompt_tokens, completion_tokens, calls: 1, cost, unpriced }
}

/** Which model an actor asks. */
export function modelOf(
  outline: TeamOutline | null,
  actor: string
): { model: string | null; client: string | null } {
  const { name = null, kind = null } = outlineAt(outline, actor)?.model ?? {}
  return { model: name, client: kind }
}

/** The calls of charts' actors. */
interface Charted {
  usages: readonly Usage[]
  /** Everybody who has done something, model calls or not. */
  actors: ReadonlySet<string>
  /** Added up for each actor: all calls of one are of the same model. */
  sums: ReadonlyMap<string, Usage & { calls: number }>
}

// For each moment that is gone through: nothing is made here for every call.
function chartedCalls({ effects, position }: CallSources): Charted {
  const usages: Usage[] = []
  const actors = new Set<string>()
  const sums = new Map<string, Usage & { calls: number }>()
  for (const effect of effects) {
    if (effect.position > position) break
    const { actor, usage } = effect
    actors.add(actor)
    if (!usage) continue
    usages.push(usage)
    const sum = sums.get(actor) ?? { prompt_tokens: 0, completion_tokens: 0, calls: 0 }
    if (sum.calls === 0) sums.set(actor, sum)
    sum.prompt_tokens += usage.prompt_tokens
    sum.completion_tokens += usage.completion_tokens
    sum.calls += 1
  }
  return { usages, actors, sums }
}

/** The calls that no chart has made. */
function callsBeside({ items, outline, root }: CallSources, charted: Charted): Call[] {
  const actorOf = new Map([...charted.actors].map((actor) => [nameOf(actor), actor]))
  const [recorded, told]: [Call[], Call[]] = [[], []]
  for (const item of items) {
    if (item.kind === 'call') {
      const actor = actorOf.get(item.source) ?? `${root}/team/${item.source}`
      const { model, client } = modelOf(outline, actor)
      recorded.push({ actor, ...item.usage, client, model: model ?? item.record.model })
    } else if ((item.kind === 'said' || item.kind === 'tools') && item.usage && !actorOf.has(item.source)) {
      // The message of a chart's actor tells what stands among the effects, now or in a moment.
      const owner = outline && ownerOfTool(outline, item.source, `${root}/team`)
      const actor = owner ?? `${root}/team/${item.source}`
      told.push({ actor, ...item.usage, ...modelOf(outline, actor) })
    }
  }
  const beside = recorded.length === 0 ? [] : without(recorded, charted.usages)
  return [...beside, ...without(told, recorded)]
}

/** The member that has an agent in one of its tools. */
function ownerOfTool(outline: TeamOutline, name: string, manager: string): string | null {
  for (const member of outline.members) {
    const id = `${manager}/${member.name}`
    if (member.tools?.some(({ agents }) => agents?.includes(name))) return id
    const inner = ownerOfTool(member, name, `${id}/team`)
    if (inner) return inner
  }
  return null
}

/** The calls that stand in a list more often than in another one; a call is known by its tokens. */
function without(calls: readonly Call[], others: readonly Usage[]): Call[] {
  const keyOf = ({ prompt_tokens, completion_tokens }: Usage): string =>
    `${prompt_tokens} ${completion_tokens}`
  const left = new Map<string, number>()
  for (const other of others) left.set(keyOf(other), (left.get(keyOf(other)) ?? 0) + 1)
  return calls.filter((call) => {
    const count = left.get(keyOf(call)) ?? 0
    left.set(keyOf(call), count - 1)
    return count <= 0
  })
}

import type { Item } from './items.ts'
import type { Decision } from './timeline.ts'

/** A line of the talk: what was said or done, or who was chosen to speak next. */
export type Entry =
  | Item
  | { kind: 'chosen'; key: string; source: ''; at: number; by: string; speakers: readonly string[] }

interface Among {
  decisions: readonly Decision[]
  /** Where each message was said in the inspection stream. */
  saidAt: ReadonlyMap<string, number>
  /** Decisions after this position have not been made yet. */
  position: number
}

/** The lines of the talk: items, with the choices of speakers between them. */
export function entriesOf(items: readonly Item[], { decisions, saidAt, position }: Among): Entry[] {
  // Where the run itself tells who was chosen nothing has to be added.
  const isTold = items.some(isChoice)
  const made = isTold ? [] : decisions.filter((decision) => decision.position <= position)
  const entries: Entry[] = []
  let next = 0
  for (const item of items) {
    const at = 'message' in item ? saidAt.get(item.message.id) : undefined
    while (next < made.length && at !== undefined && made[next]!.position < at)
      entries.push(chosen(made[next++]!))
    if (item.kind === 'end') entries.push(...made.slice(next).map(chosen))
    if (item.kind === 'end') next = made.length
    entries.push(isChoice(item) ? told(item) : item)
  }
  return [...entries, ...made.slice(next).map(chosen)]
}

const isChoice = (item: Item): item is Extract<Item, { kind: 'event' }> =>
  item.kind === 'event' && item.message.type === 'SelectSpeakerEvent'

const kept = new WeakMap<object, Entry>()

/** The same line for the same choice, however often it is made. */
function keep(of: object, make: () => Entry): Entry {
  const known = kept.get(of) ?? make()
  kept.set(of, known)
  return known
}

const chosen = (decision: Decision): Entry =>
  keep(decision, () => {
    const { position, at, machine, speakers } = decision
    const by = machine === 'magenticChoice' ? 'The orchestrator' : 'The selector'
    return { kind: 'chosen', key: `chosen ${position}`, source: '', at, by, speakers }
  })

const told = (item: Extract<Item, { kind: 'event' }>): Entry =>
  keep(item, () => {
    const { content } = item.message
    const speakers = Array.isArray(content) ? content.map(String) : []
    return { kind: 'chosen', key: item.key, source: '', at: item.at, by: 'The team', speakers }
  })

import type { TeamOutline } from '../../../src/runtime/inspection/team-outline.ts'
import type { Message } from '../api/types.ts'
import type { Item } from './items.ts'
import { chooserOf, type Member, teamIn } from './members.ts'
import type { Actors, Decision } from './timeline.ts'
import { doingOf, speakersOf } from './words.ts'

/** Which ways of a team were taken until a moment, and which one is being taken: keys are `from→to`. */
export interface Flow {
  taken: ReadonlyMap<string, number>
  active: ReadonlySet<string>
}

interface Known {
  actors: Actors
  items: readonly Item[]
  decisions: readonly Decision[]
  /** The position of the moment in the inspection stream. */
  position: number
}

const key = (from: string, to: string): string => `${from}→${to}`

/** A team by the id of its manager. */
interface TeamAt {
  manager: string
  members: readonly Member[]
  outline: TeamOutline | null
}

/** How the word went through a team and the teams in it. */
export function flowOf(team: TeamAt, known: Known): Flow {
  const taken = new Map<string, number>()
  const active = new Set<string>()
  const visit = (one: TeamAt): void => {
    const ids = new Map(one.members.map(({ name, id }) => [name, id]))
    const talked = { ids, ...talk(known.items, ids) }
    for (const way of waysOf(one, known, talked)) taken.set(way, (taken.get(way) ?? 0) + 1)
    for (const way of activeIn(one, known, talked)) active.add(way)
    for (const { id, inner, outline } of one.members)
      if (inner.length > 0) visit({ manager: `${id}/team`, members: inner, outline: teamIn(outline) })
  }
  visit(team)
  return { taken, active }
}

/** The ways that were taken in a team, as often as they were. */
function waysOf(team: TeamAt, { decisions, position }: Known, { ids, ways, spoken }: Talk): string[] {
  const { edges } = team.outline ?? {}
  if (edges)
    return edges.flatMap(({ from, to }) => {
      const [source = '', target = ''] = [ids.get(from), ids.get(to)]
      return spoken.has(source) && spoken.has(target) ? [key(source, target)] : []
    })
  if (!chooserOf(team.outline)) return ways
  const choice = `${team.manager}/choice`
  return decisions
    .filter((decision) => decision.actor === choice && decision.position <= position)
    .flatMap(({ speakers }) => speakers.flatMap((name) => ids.get(name) ?? []))
    .map((to) => key(choice, to))
}

/** The edges that are being taken: to the members that act, from those that have led to it. */
function activeIn(team: TeamAt, { actors }: Known, { ids, speaker, spoken, open }: Talk): string[] {
  const { manager, members, outline } = team
  // A handoff to a person or another program is open after the end too.
  if (actors.get(manager)?.status !== 'active') return open?.includes('→outside/') ? [open] : []
  const acting = members
    .filter(({ actor }) => ['busy', 'asking'].includes(doingOf(actor).tone))
    .map(({ id }) => id)
  if (chooserOf(outline)) return acting.map((id) => key(`${manager}/choice`, id))
  const next =
    acting.length > 0 ? acting : speakersOf(actors.get(manager)).flatMap((name) => ids.get(name) ?? [])
  const sources = (id: string): string[] => {
    if (!outline?.edges) return speaker !== null && speaker !== id ? [speaker] : []
    return outline.edges
      .filter(({ to }) => ids.get(to) === id)
      .flatMap(({ from }) => ids.get(from) ?? [])
      .filter((from) => spoken.has(from))
  }
  return [...next.flatMap((id) => sources(id).map((from) => key(from, id))), ...(open ? [open] : [])]
}

interface Talk {
  /** The ids of the members, by their names. */
  ids: ReadonlyMap<string, string>
  /** Who spoke after whom, and who handed over to a person or another program. */
  ways: string[]
  /** Who spoke last. */
  speaker: string | null
  spoken: ReadonlySet<string>
  /** A handoff that is not followed by a turn yet. */
  open: string | null
}

/** How the members of a team spoke after each other. */
function talk(items: readonly Item[], ids: ReadonlyMap<string, string>): Omit<Talk, 'ids'> {
  const ways: string[] = []
  const spoken = new Set<string>()
  let speaker: string | null = null
  let open: string | null = null
  for (const item of items) {
    if (item.kind !== 'said') continue
    const id = ids.get(item.source)
    // A person or another program has taken over.
    if (id === undefined && open?.endsWith(`→outside/${item.source}`)) open = null
    if (id === undefined) continue
    if (speaker !== null && speaker !== id) ways.push(key(speaker, id))
    speaker = id
    spoken.add(id)
    open = handoff(id, item.message, ids)
    if (open?.includes('→outside/')) ways.push(open)
  }
  return { ways, speaker, spoken, open }
}

function handoff(from: string, { type, target }: Message, ids: ReadonlyMap<string, string>): string | null {
  if (type !== 'HandoffMessage' || target === undefined) return null
  return key(from, ids.get(target) ?? `outside/${target}`)
}

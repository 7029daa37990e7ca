import type { TeamOutline } from '../../../src/runtime/inspection/team-outline.ts'
import type { Message } from '../api/types.ts'
import type { Item } from './items.ts'
import { chooserOf, type Member, teamIn } from './members.ts'
import { nameOf } from './paths.ts'
import type { Actors, Timeline, TurnEnd } from './timeline.ts'
import { doingOf, speakersOf } from './words.ts'

/** Which ways of a team were taken until a moment, and which one is being taken: keys are `from→to`. */
export interface Flow {
  taken: ReadonlyMap<string, number>
  active: ReadonlySet<string>
}

/** What is known of a run at a moment. */
interface RunAt {
  actors: Actors
  items: readonly Item[]
  timeline: Pick<Timeline, 'decisions' | 'turnEnds' | 'saidAt'>
  /** The position of the moment in the inspection stream. */
  position: number
}

/** The same, and the turns of each team by its manager, what each name has said. */
interface Known extends RunAt {
  turns: ReadonlyMap<string, readonly TurnEnd[]>
  said: ReadonlyMap<string, readonly SaidAt[]>
}

interface SaidAt {
  position: number
  message: Message
}

const key = (from: string, to: string): string => `${from}→${to}`

/** A team by the id of its manager. */
interface TeamAt {
  manager: string
  members: readonly Member[]
  outline: TeamOutline | null
}

/** How the word went through a team and the teams in it. */
export function flowOf(team: TeamAt, run: RunAt): Flow {
  const { turnEnds } = run.timeline
  const past = turnEnds.filter(({ position }) => position <= run.position)
  const turns = Map.groupBy(past, ({ manager }) => manager)
  const known = { ...run, turns, said: saidBy(run) }
  const taken = new Map<string, number>()
  const active = new Set<string>()
  const visit = (one: TeamAt): void => {
    const talked = talk(one, known)
    for (const way of waysOf(one, known, talked)) taken.set(way, (taken.get(way) ?? 0) + 1)
    for (const way of activeIn(one, known, talked)) active.add(way)
    for (const { id, inner, outline } of one.members)
      if (inner.length > 0) visit({ manager: `${id}/team`, members: inner, outline: teamIn(outline) })
  }
  visit(team)
  return { taken, active }
}

/** What was said until a moment, by the names of those who said it. */
function saidBy({ items, timeline: { saidAt }, position: end }: RunAt): Map<string, SaidAt[]> {
  const said = new Map<string, SaidAt[]>()
  for (const item of items) {
    if (item.kind !== 'said') continue
    const position = saidAt.get(item.message.id) ?? end + 1
    if (position > end) continue
    const one = { position, message: item.message }
    const known = said.get(item.source)
    if (known) known.push(one)
    else said.set(item.source, [one])
  }
  return said
}

/** The ways that were taken in a team, as often as they were. */
function waysOf(
  { manager, outline }: TeamAt,
  { timeline, position }: Known,
  { ids, ways, followed }: Talk
): string[] {
  if (outline?.edges) return followed
  if (!chooserOf(outline)) return ways
  const choice = `${manager}/choice`
  return timeline.decisions
    .filter((decision) => decision.actor === choice && decision.position <= position)
    .flatMap(({ speakers }) => speakers.flatMap((name) => ids.get(name) ?? []))
    .map((to) => key(choice, to))
}

/** The edges that are being taken: to the members that act, from those that have led to it. */
function activeIn(team: TeamAt, { actors }: Known, { ids, speaker, reached, open }: Talk): string[] {
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
    return [...(reached.get(id) ?? [])]
  }
  return [...next.flatMap((id) => sources(id).map((from) => key(from, id))), ...(open ? [open] : [])]
}

interface Talk {
  /** The ids of the members, by their names. */
  ids: ReadonlyMap<string, string>
  /** Who spoke after whom, and who handed over to a person or another program. */
  ways: string[]
  /** The edges of a graph that led to a turn. */
  followed: string[]
  /** The members of a graph that were reached since their last turn, and from where. */
  reached: ReadonlyMap<string, ReadonlySet<string>>
  /** Who spoke last. */
  speaker: string | null
  /** A handoff that is not followed by a turn yet. */
  open: string | null
}

/**
 * How the members of a team took turns. Who spoke is known by the turns themselves: what is said in a team within the
 * team goes by the names of its own members, and two teams may have members of the same name.
 */
function talk({ manager, members, outline }: TeamAt, { turns, said }: Known): Talk {
  const ids = new Map(members.map(({ name, id }) => [name, id]))
  const graph = new GraphWalk(outline?.edges ?? [], ids)
  const messages = new LastSaid(said)
  const ways: string[] = []
  let speaker: string | null = null
  let open: string | null = null
  let end = 0
  for (const { member: id, position } of turns.get(manager) ?? []) {
    if (speaker !== null && speaker !== id) ways.push(key(speaker, id))
    speaker = id
    end = position
    const message = messages.until(nameOf(id), position)
    graph.spoke(id, message)
    open = message ? handoff(id, message, ids) : null
    if (open?.includes('→outside/')) ways.push(open)
  }
  const { followed, reached } = graph
  return { ids, ways, followed, reached, speaker, open: open && takenOver(open, said, end) ? null : open }
}

/** Whether a person or another program has taken over what was handed to it. */
function takenOver(open: string, said: Known['said'], since: number): boolean {
  const [, name] = open.split('→outside/')
  const last = name === undefined ? undefined : said.get(name)?.at(-1)
  return last !== undefined && last.position > since
}

function handoff(from: string, { type, target }: Message, ids: ReadonlyMap<string, string>): string | null {
  if (type !== 'HandoffMessage' || target === undefined) return null
  return key(from, ids.get(target) ?? `outside/${target}`)
}

/** Gives what a member said last in each of its turns, turn after turn. */
class LastSaid {
  readonly #said: Known['said']
  readonly #read = new Map<string, number>()

  constructor(said: Known['said']) {
    this.#said = said
  }

  /** The last message of a name since it was asked for before; undefined where there is none. */
  until(name: string, position: number): Message | undefined {
    const all = this.#said.get(name) ?? []
    const start = this.#read.get(name) ?? 0
    let at = start
    while (at < all.length && all[at]!.position <= position) at++
    this.#read.set(name, at)
    return at > start ? all[at - 1]!.message : undefined
  }
}

/** Follows the turns of a graph along its edges. */
class GraphWalk {
  readonly followed: string[] = []
  readonly reached = new Map<string, Set<string>>()
  readonly #edges: ReadonlyMap<string, readonly { to: string; condition: string | null }[]>

  constructor(edges: NonNullable<TeamOutline['edges']>, ids: ReadonlyMap<string, string>) {
    const known = edges.flatMap(({ from, to, condition }) => {
      const [source, target] = [ids.get(from), ids.get(to)]
      return source && target ? [{ from: source, to: target, condition }] : []
    })
    this.#edges = Map.groupBy(known, ({ from }) => from)
  }

  /** A member's turn is over: the edges that led to it were taken, and those from it may be. */
  spoke(id: string, message: Message | undefined): void {
    for (const from of this.reached.get(id) ?? []) this.followed.push(key(from, id))
    this.reached.delete(id)
    for (const { to, condition } of this.#edges.get(id) ?? [])
      if (holds(condition, message)) this.reached.set(to, (this.reached.get(to) ?? new Set()).add(id))
  }
}

/** Whether an edge's condition lets a message through; one that cannot be known here is taken to. */
const holds = (condition: string | null, message: Message | undefined): boolean =>
  condition === null || typeof message?.content !== 'string' || message.content.includes(condition)

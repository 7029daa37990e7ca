import type { TeamOutline } from '../../../src/runtime/inspection/team-outline.ts'
import { namesOf } from './paths.ts'
import type { ActorNow, Actors } from './timeline.ts'

/** A participant as the page shows it: what the team file says of it, and its actor. */
export interface Member {
  id: string
  name: string
  outline: TeamOutline | null
  actor: ActorNow | undefined
  /** Those of its own team, where it leads one. */
  inner: Member[]
}

const none: Member[] = []

/** The team that an agent leads: SocietyOfMindAgent has one, a nested team is one. */
export const teamIn = (outline: TeamOutline | null): TeamOutline | null =>
  outline?.members.length === 1 && outline.members[0]!.members.length > 0 ? outline.members[0]! : outline

/** What the team file says of an actor: of a participant, or of the team for its manager and for what chooses its speaker. */
export function outlineAt(outline: TeamOutline | null, actor: string): TeamOutline | null {
  const names = namesOf(actor)
  const isTeams = actor.endsWith('/choice') && !hasMember(outline, names)
  let found = outline
  for (const [at, name] of (isTeams ? names.slice(0, -1) : names).entries())
    found = (at === 0 ? found : teamIn(found))?.members.find((member) => member.name === name) ?? null
  // What is asked for a team is asked for the team inside of the agent that leads it.
  return (isTeams || actor.endsWith('/team')) && names.length > 1 ? teamIn(found) : found
}

const hasMember = (outline: TeamOutline | null, names: readonly string[]): boolean =>
  names.length === 1 && outline?.members.some(({ name }) => name === names[0]) === true

/** The participants of the team whose manager stands at a path. */
export function membersOf(actors: Actors, manager: string, outline: TeamOutline | null): Member[] {
  const known = outline?.members ?? []
  const names = new Set(known.map(({ name }) => name))
  const others = [...actors.values()].filter(
    ({ parent, machine, name }) => parent === manager && machine === 'participant' && !names.has(name)
  )
  return [...names, ...others.map(({ name }) => name)].map((name) => {
    const id = `${manager}/${name}`
    const about = known.find((one) => one.name === name) ?? null
    const team = teamIn(about)
    const leads = (team?.members.length ?? 0) > 0 || actors.has(`${id}/team`)
    return {
      ...{ id, name, outline: about, actor: actors.get(id) },
      inner: leads ? membersOf(actors, `${id}/team`, team) : none
    }
  })
}

/** All members of a team and of the teams in it. */
export const everybody = (members: readonly Member[]): Member[] =>
  members.flatMap((member) => [member, ...everybody(member.inner)])

/** The rules of speaking by which a model or function chooses the next speaker. */
const CHOOSERS: Readonly<Record<string, string>> = {
  SelectorGroupChat: 'selector',
  MagenticOneGroupChat: 'orchestrator'
}

/** What a team's manager is called where it asks a model who speaks next; null where speaking follows a rule. */
export const chooserOf = (outline: TeamOutline | null): string | null => CHOOSERS[outline?.kind ?? ''] ?? null

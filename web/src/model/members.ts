import type { TeamOutline } from '../../../src/runtime/inspection/team-outline.ts'
import type { ActorNow, Actors } from './timeline.ts'

/** A participant as the page shows it: what the team file says of it, and its actor. */
export interface Member {
  id: string
  name: string
  kind: string
  description: string
  actor: ActorNow | undefined
  /** Those of its own team, where it leads one. */
  inner: Member[]
}

const nobody: Member[] = []

/** The participants of the team whose manager stands at a path. */
export function membersOf(actors: Actors, manager: string, outline: TeamOutline | null): Member[] {
  const known = outline?.members ?? []
  const names = known.map(({ name }) => name)
  const others = [...actors.values()].filter(
    ({ parent, machine, name }) => parent === manager && machine === 'participant' && !names.includes(name)
  )
  return [...names, ...others.map(({ name }) => name)].map((name) => {
    const id = `${manager}/${name}`
    const about = known.find((one) => one.name === name) ?? null
    // SocietyOfMindAgent has a team, a nested team is one.
    const team =
      about?.members.length === 1 && about.members[0]!.members.length > 0 ? about.members[0]! : about
    const leads = (team?.members.length ?? 0) > 0 || actors.has(`${id}/team`)
    return {
      ...{ id, name, kind: about?.kind ?? '', description: about?.description ?? '', actor: actors.get(id) },
      inner: leads ? membersOf(actors, `${id}/team`, team) : nobody
    }
  })
}

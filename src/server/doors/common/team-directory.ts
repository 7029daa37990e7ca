import type { ComponentModel } from '../../../machines/component/component.ts'
import { TroupeError } from '../../../protocol/errors.ts'
import { guest } from '../../../protocol/guest.ts'
import { slugOf } from '../../../runtime/components/slug.ts'
import type { Store, TeamHeader, TeamRow } from '../../../runtime/store/store.ts'
import { isAdmin, type User } from '../../http/http.ts'

/** A team as clients of other protocols are shown it. */
export interface ListedTeam {
  /** By which it is asked for: its slug where that is unique among the teams the caller can reach, else its id. */
  name: string
  /** What people call it. */
  title: string
  description: string
  row: TeamHeader
}

interface Known {
  updated_at: string
  slug: string
  title: string
  description: string
}

/** How many teams are remembered by name. */
const MOST = 10_000

/** Finds teams by what clients call them. */
export class TeamDirectory {
  readonly #teams: Store['teams']
  /** What is known of teams that have not changed since. */
  readonly #known = new Map<number, Known>()

  constructor({ teams }: Pick<Store, 'teams'>) {
    this.#teams = teams
  }

  /** The teams that a user can reach, oldest first. With authentication off these are all. */
  async list({ id }: User): Promise<ListedTeam[]> {
    const rows = await this.#teams.reachable(id)
    const known = await Promise.all(rows.map((row) => this.#look(row)))
    const found = rows.flatMap((row, at) => (known[at] ? [{ row, ...known[at] }] : []))
    const counts = new Map<string, number>()
    for (const { slug } of found) counts.set(slug, (counts.get(slug) ?? 0) + 1)
    return found.map(({ row, slug, title, description }) => ({
      ...{ row, title, description },
      name: slug !== '' && counts.get(slug) === 1 ? slug : String(row.id)
    }))
  }

  /** A team by its id or its slug. Throws `unknown_model`, also where it belongs to another user. */
  async find(name: string, user: User): Promise<TeamRow> {
    const byId = /^[1-9]\d{0,15}$/.test(name) ? await this.#teams.get(Number(name)) : undefined
    if (byId && mayRun(user, byId)) return byId
    const listed = await this.list(user)
    const id = listed.find((one) => one.name === name)?.row.id
    const row = id === undefined ? undefined : await this.#teams.get(id)
    if (row) return row
    throw new TroupeError('unknown_model', name, known(listed, this.#known, name))
  }

  /** The name by which a user asks for a team. */
  async nameOf(team: TeamHeader, user: User): Promise<string> {
    return (await this.list(user)).find(({ row }) => row.id === team.id)?.name ?? String(team.id)
  }

  async #look(row: TeamHeader): Promise<Known | undefined> {
    const before = this.#known.get(row.id)
    if (before?.updated_at === row.updated_at) return before
    const team = await this.#teams.get(row.id)
    if (!team) return undefined
    const { title, description } = wordsOf(team.component)
    const found = { updated_at: row.updated_at, slug: slugOf(team.component), title, description }
    this.#known.delete(row.id)
    this.#known.set(row.id, found)
    if (this.#known.size > MOST) this.#known.delete(this.#known.keys().next().value!)
    return found
  }
}

/** Whose a run of a team is: with authentication off the team's owner's, else the caller's. */
export const ownerOfRun = (user: User, team: TeamHeader): string => user.id ?? team.user_id ?? guest

const mayRun = (user: User, { user_id, published }: TeamHeader): boolean =>
  isAdmin(user) || published || user_id === user.id

function known(listed: readonly ListedTeam[], all: ReadonlyMap<number, Known>, name: string): string {
  const alike = listed.filter(({ row }) => all.get(row.id)?.slug === name)
  if (alike.length > 1)
    return `Several have this name: ask by id, ${alike.map(({ row }) => row.id).join(' or ')}.`
  if (listed.length === 0) return 'There are none: store one, or have one published.'
  const names = listed.slice(0, 20).map(({ name }) => `"${name}"`)
  return `There are ${names.join(', ')}${listed.length > names.length ? ' and others' : ''}.`
}

/** What a team is called, and what it says of itself. */
export function wordsOf({ label, description, config, provider }: ComponentModel): {
  title: string
  description: string
} {
  const { name, description: own } = (config ?? {}) as { name?: unknown; description?: unknown }
  const texts = (...given: unknown[]) => given.find((one) => typeof one === 'string' && one !== '')
  return {
    title: (texts(label, name) as string) ?? provider.slice(provider.lastIndexOf('.') + 1),
    description: (texts(own, description) as string) ?? ''
  }
}

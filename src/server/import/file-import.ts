import { isDeepStrictEqual } from 'node:util'
import type { ComponentModel } from '../../machines/component/component.ts'
import { whatIs } from '../../runtime/components/documents/describe.ts'
import type { Document } from '../../runtime/components/documents/recognize.ts'
import { SecretVault } from '../../runtime/components/secret-vault.ts'
import type { Store } from '../../runtime/store/store.ts'

/** What a file was to be imported as, and for whom. */
export interface FileImport {
  /** How people call the file: what has no name of its own is named after it. */
  name: string
  document: Document
  owner: string
}

/** Imports a team, another component, a gallery or a saved state; gives a line for each thing that came of it. */
export async function importDocument(store: Store, { name, document, owner }: FileImport): Promise<string[]> {
  const job = new DocumentImport(store, owner)
  switch (document.kind) {
    case 'component':
      return [...document.changes.map(asToday), await job.component(document.component, name)]
    case 'gallery':
      return [...document.changes.map(asToday), await job.gallery(document.gallery, name)]
    case 'state':
      return [await job.state(document, name)]
    case 'other':
      throw new Error(`${name} is ${whatIs(document)}`)
  }
}

const asToday = (change: string) => `read as one of today: ${change}`

class DocumentImport {
  readonly #store: Store
  readonly #vault: SecretVault
  readonly #owner: string

  constructor(store: Store, owner: string) {
    this.#store = store
    this.#vault = new SecretVault(store.secrets)
    this.#owner = owner
  }

  /** A team is kept as one; of other components a gallery is made, since only teams and galleries are kept. */
  component(component: ComponentModel, name: string): Promise<string> {
    if (component.component_type === 'team' || /\.teams\./.test(component.provider))
      return this.#team(component)
    const list = lists[component.component_type ?? ''] ?? 'tools'
    const label = component.label ?? name
    return this.gallery(
      { id: name, name: label, metadata: { author: '', version: '1' }, components: { [list]: [component] } },
      name
    )
  }

  async #team(component: ComponentModel): Promise<string> {
    const owner = this.#owner
    for (const row of await this.#store.teams.list(owner)) {
      if (isDeepStrictEqual(await this.#vault.reveal(row.component, owner), component))
        return `team ${row.id} (${nameOf(component)}): known already`
    }
    const sealed = await this.#vault.seal(component, owner)
    const { id } = await this.#store.teams.insert({ user_id: owner, component: sealed })
    return `team ${id} (${nameOf(component)}): taken`
  }

  async gallery(given: Record<string, unknown>, file: string): Promise<string> {
    const owner = this.#owner
    const { id = file, name = file, metadata, ...rest } = given
    const config = { id, name, metadata: metadata ?? { author: '', version: '1' }, ...rest }
    for (const row of await this.#store.galleries.list(owner)) {
      if (isDeepStrictEqual(await this.#vault.reveal(row.config, owner), config))
        return `gallery ${row.id} (${name}): known already`
    }
    const sealed = await this.#vault.seal<Record<string, unknown>>(config, owner)
    const row = await this.#store.galleries.insert({ user_id: owner, config: sealed })
    return `gallery ${row.id} (${name}): taken`
  }

  /** A state becomes a run that has not begun: when it is started, it goes on from there. Its team has to be known. */
  async state({ state, participants }: Extract<Document, { kind: 'state' }>, name: string): Promise<string> {
    const owner = this.#owner
    const wanted = [...participants].filter((one) => one !== 'collect_output_messages').sort()
    const teams = await this.#store.teams.list(owner)
    const team = teams.find(({ component }) => isDeepStrictEqual(participantsOf(component), wanted))
    if (!team)
      throw new Error(
        `${name} is a saved state of a team with the participants ${wanted.join(', ')}, and ${owner} has no such team ` +
          'here: import the team first.'
      )
    const session = await this.#store.sessions.insert({ user_id: owner, name, team_id: team.id })
    const run = await this.#store.runs.create({ session_id: session.id, user_id: owner, options: { state } })
    return `run ${run.id} in session ${session.id} (${name}): taken; started with team ${team.id}, it goes on from the state`
  }
}

const lists: Record<string, string> = {
  agent: 'agents',
  model: 'models',
  tool: 'tools',
  termination: 'terminations',
  workbench: 'workbenches'
}

const nameOf = ({ label, config, provider }: ComponentModel): string =>
  String(label || config?.name || provider.slice(provider.lastIndexOf('.') + 1))

function participantsOf({ config }: ComponentModel): string[] {
  const list = Array.isArray(config?.participants) ? config.participants : []
  return list.map((participant) => String((participant as ComponentModel | null)?.config?.name ?? '')).sort()
}

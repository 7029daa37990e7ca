import type { ComponentModel } from '../../machines/component/component.ts'
import { modern, recognize } from '../../runtime/components/documents/recognize.ts'
import { SecretVault } from '../../runtime/components/secret-vault.ts'
import type { ForeignRow } from '../../runtime/store/foreign-row.ts'
import type { Store } from '../../runtime/store/store.ts'
import {
  jsonIn,
  type StudioDatabase,
  type StudioRow,
  type StudioTable
} from '../../runtime/store/studio-database.ts'
import { framesOf, statusOf, wasUnderWay } from './run-frames.ts'

/** What came of an import: how many rows were taken and known already, and what was not taken, and why. */
export interface ImportReport {
  taken: Record<StudioTable, number>
  known: Record<StudioTable, number>
  leftOut: string[]
  /** What was put into the form of today. */
  changed: string[]
}

type Kind = ForeignRow['kind']
/** What a row is apart from what all rows have; a text says why it cannot be taken. */
type Part = ForeignRow extends infer Row
  ? Row extends ForeignRow
    ? Omit<Row, keyof StudioRow>
    : never
  : never

const none = (): Record<StudioTable, number> => ({
  team: 0,
  session: 0,
  run: 0,
  message: 0,
  settings: 0,
  gallery: 0
})

/** Takes what an AutoGen Studio database holds; what was taken before is left as it is. */
export async function importStudio(studio: StudioDatabase, store: Store): Promise<ImportReport> {
  const job = new Import(studio, store)
  for (const kind of ['team', 'gallery', 'settings', 'session', 'run'] as const) await job.take(kind)
  return job.report()
}

class Import {
  readonly #studio: StudioDatabase
  readonly #store: Store
  readonly #vault: SecretVault
  readonly #report: ImportReport = { taken: none(), known: none(), leftOut: [], changed: [] }
  /** The ids of rows here, by kind and their ids there. */
  readonly #ids = new Map<string, number>()
  readonly #messages = new Map<number, StudioRow[]>()
  /** The names of teams, by the session there. */
  readonly #teams = new Map<number, string>()

  constructor(studio: StudioDatabase, store: Store) {
    this.#studio = studio
    this.#store = store
    this.#vault = new SecretVault(store.secrets)
    for (const row of studio.rows('message')) this.#sort(row)
    const names = new Map([...studio.rows('team')].map((row) => [row.id, nameOf(row)] as const))
    for (const { id, columns } of studio.rows('session')) {
      const name = names.get(Number(columns.team_id))
      if (name) this.#teams.set(id, name)
    }
  }

  async take(kind: Kind): Promise<void> {
    for (const row of this.#studio.rows(kind)) {
      const known = await this.#store.imports.importedAs(kind, row.source)
      const id = known ?? (await this.#takeRow(kind, row))
      if (id === undefined) continue
      this.#ids.set(`${kind} ${row.id}`, id)
      const counts = known === undefined ? this.#report.taken : this.#report.known
      counts[kind]++
      if (kind === 'run') counts.message += this.#messagesOf(row).length
    }
  }

  report(): ImportReport {
    const others = Object.entries(this.#studio.others)
    for (const [table, count] of others)
      this.#leaveOut(`${count} rows of the table ${table}: there is nothing like it here`)
    return this.#report
  }

  async #takeRow(kind: Kind, row: StudioRow): Promise<number | undefined> {
    const part = await this.#part(kind, row)
    if (typeof part === 'string') return void this.#leaveOut(`${kind} ${row.id}: ${part}`)
    const { columns: _, ...common } = row
    return this.#store.imports.insert({ ...common, ...part } as ForeignRow)
  }

  #part(kind: Kind, row: StudioRow): Promise<Part | string> | Part | string {
    if (kind === 'team') return this.#team(row)
    if (kind === 'session') return this.#session(row)
    return kind === 'run' ? this.#run(row) : this.#config(kind, row)
  }

  async #team(row: StudioRow): Promise<Part | string> {
    const found = modern(jsonIn(row, 'component'))
    if (!found) return 'it holds no component'
    this.#note(`team ${row.id}`, found.changes)
    return { kind: 'team', component: await this.#vault.seal(found.component, row.user_id) }
  }

  async #config(kind: 'settings' | 'gallery', row: StudioRow): Promise<Part | string> {
    const read = jsonIn(row, 'config') as Record<string, unknown> | undefined
    if (typeof read !== 'object') return 'it holds no config'
    const document = kind === 'gallery' ? recognize(read) : undefined
    if (document?.kind === 'gallery') this.#note(`gallery ${row.id}`, document.changes)
    const config = document?.kind === 'gallery' ? document.gallery : read
    const own = kind === 'settings' && row.user_id !== null && (await this.#store.settings.list(row.user_id))
    if (own && own.length > 0) return `${row.user_id} has settings here already`
    return { kind, config: await this.#vault.seal(config, row.user_id) }
  }

  #session({ columns: { team_id, name } }: StudioRow): Part {
    const team = team_id == null ? undefined : this.#ids.get(`team ${team_id}`)
    return { kind: 'session', name: String(name ?? ''), team_id: team ?? null }
  }

  #run(row: StudioRow): Part | string {
    const session_id = this.#ids.get(`session ${row.columns.session_id}`)
    if (session_id === undefined) return 'its session is not there'
    if (wasUnderWay(row)) this.#leaveOut(`run ${row.id} was under way: it is taken as stopped`)
    const { error_message } = row.columns
    return {
      kind: 'run',
      session_id,
      status: statusOf(row),
      task: jsonIn(row, 'task') ?? {},
      error_message: error_message == null ? null : String(error_message),
      team: this.#teams.get(Number(row.columns.session_id)) ?? null,
      title: titleOf(row),
      frames: framesOf(row, this.#messagesOf(row))
    }
  }

  #messagesOf = ({ id }: StudioRow): StudioRow[] => this.#messages.get(id) ?? []

  #sort(row: StudioRow): void {
    const run = row.columns.run_id
    if (typeof run !== 'number') return this.#leaveOut(`message ${row.id}: it belongs to no run`)
    if (typeof jsonIn(row, 'config') !== 'object') return this.#leaveOut(`message ${row.id}: it is empty`)
    const there = this.#messages.get(run)
    if (there) there.push(row)
    else this.#messages.set(run, [row])
  }

  #note(what: string, changes: readonly string[]): void {
    for (const change of changes) this.#report.changed.push(`${what}: read as one of today: ${change}`)
  }

  #leaveOut(text: string): void {
    this.#report.leftOut.push(text)
  }
}

/** The name of a team, as lists of runs show it. */
function nameOf(row: StudioRow): string | undefined {
  const component = jsonIn(row, 'component') as Partial<ComponentModel> | undefined
  const name = component?.config?.name ?? component?.label
  return typeof name === 'string' ? name : undefined
}

/** How a task begins. */
function titleOf(row: StudioRow): string | null {
  const task = jsonIn(row, 'task') as { content?: unknown } | undefined
  const [first] = Array.isArray(task?.content) ? task.content : [task?.content]
  const text = typeof first === 'string' ? first : (first as { content?: unknown } | undefined)?.content
  return typeof text === 'string' ? text.slice(0, 200) : null
}

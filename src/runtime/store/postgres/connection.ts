import pg from 'pg'
import { DatabaseUnreachable, StoreClosed } from '../commit-errors.ts'
import { Errors, NotDurable } from './errors.ts'
import type { Reachability } from './reachability.ts'
import { decodeText, isoOf } from './text.ts'

/** A statement that is prepared once for each connection. */
export interface Statement {
  name: string
  text: string
}

type Value = string | number | null | Buffer

/** How long is waited for a connection, and for what a statement gives, in milliseconds. */
const [CONNECT, ANSWER] = [10_000, 60_000]

/** What nothing is durable without, and the values that say so. */
const DURABLE = { synchronous_commit: /^(?!off$)/, fsync: /^on$/ }

const errors = new Errors()

/** How values come back: ids and counts as numbers, texts decoded, moments in ISO 8601. */
export const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === 20) return Number
    if (oid === 25) return decodeText
    if (oid === 1184) return isoOf
    return pg.types.getTypeParser(oid, format as 'text')
  }
} as pg.CustomTypesConfig

/** What every connection of the server to a database has. */
export const configOf = (url: string): pg.ClientConfig => ({
  connectionString: url,
  types,
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
  connectionTimeoutMillis: CONNECT,
  query_timeout: ANSWER
})

/** Asks how durable commits are, before anything is set. */
export const askDurability = `select ${Object.keys(DURABLE)
  .map((name) => `current_setting('${name}') as ${name}`)
  .join(', ')}`

/** Refuses a database that would lose commits which clients were told of, by the name of the setting. */
export function mustBeDurable(settings: Record<string, string>): void {
  for (const [name, durable] of Object.entries(DURABLE))
    if (!durable.test(settings[name]!))
      throw new NotDurable(
        `PostgreSQL's setting ${name} is "${settings[name]}": what is committed would be lost when it crashes. ` +
          `Switch it on for this user and database (alter role … set ${name}, postgresql.conf).`
      )
}

/** What the statements of this program rely on, whatever the user's and the database's own settings are. */
export const settings = `set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set standard_conforming_strings = on;
  set plan_cache_mode = force_generic_plan`

interface ConnectionOptions {
  /** Called with whether the database answers. */
  reachability?: Reachability
  /** Is called whenever the connection breaks. */
  lost?(): void
}

const ask = { name: 'ask', text: 'select 1' }

/**
 * One connection to PostgreSQL, made when it is first needed and again after it broke. Statements are sent at once and
 * carried out in their order. Whatever throws, throws `DatabaseUnreachable` where the connection breaks.
 */
export class Connection {
  readonly #url: string
  /** Tells this connection from all others, across reconnects. */
  readonly #name: string
  readonly #options: ConnectionOptions
  #client: Promise<pg.Client> | undefined
  #connects = 0
  #closed = false
  /** How many statements were sent and not answered yet. */
  underWay = 0

  constructor(url: string, role: string, options: ConnectionOptions = {}) {
    this.#url = url
    this.#options = options
    this.#name = `troupe ${role} ${crypto.randomUUID().slice(0, 8)}`
  }

  /** The rows that a statement gives, each an object. */
  rows<Row extends object = object>(
    { name, text }: Statement,
    values: readonly Value[] = []
  ): Promise<Row[]> {
    return this.#do(async (client) => (await client.query<Row>({ name, text, values: [...values] })).rows)
  }

  /** The same; where the connection breaks it is tried once more. For what changes nothing. */
  read<Row extends object>(statement: Statement, values: readonly Value[] = []): Promise<Row[]> {
    return onceMore(() => this.rows<Row>(statement, values))
  }

  /** Carries out statements that give nothing, in one transaction. */
  async script(text: string): Promise<void> {
    await this.#do((client) => client.query(text))
  }

  async #do<Result>(work: (client: pg.Client) => Promise<Result>): Promise<Result> {
    const { reachability } = this.#options
    this.underWay++
    try {
      const result = await work(await this.#connected())
      reachability?.answered()
      return result
    } catch (thrown) {
      const error = errors.convertException(thrown as Error)
      const unusable = error instanceof DatabaseUnreachable || error instanceof NotDurable
      if (unusable && !this.#closed) reachability?.failed(error, () => this.rows(ask))
      throw error
    } finally {
      this.underWay--
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    const client = await this.#client?.catch(() => undefined)
    await client?.end().catch(() => {})
  }

  #connected(): Promise<pg.Client> {
    if (this.#closed) return Promise.reject(new StoreClosed())
    this.#client ??= this.#connect()
    return this.#client
  }

  #connect(): Promise<pg.Client> {
    const client = new pg.Client({ ...configOf(this.#url), application_name: this.#name, pipeline: true })
    const connecting = this.#prepare(client).catch((error) => {
      drop()
      client.end().catch(() => {})
      throw error instanceof NotDurable ? error : new DatabaseUnreachable(error)
    })
    const drop = () => {
      if (this.#client !== connecting) return
      this.#client = undefined
      if (!this.#closed) this.#options.lost?.()
    }
    client.on('error', drop)
    client.on('end', drop)
    return connecting
  }

  async #prepare(client: pg.Client): Promise<pg.Client> {
    await client.connect()
    const { rows } = await client.query<Record<string, string>>(askDurability)
    mustBeDurable(rows[0]!)
    await client.query(settings)
    if (this.#connects++ > 0) await endPredecessor(client, this.#name)
    return client
  }
}

/**
 * Ends the connection in whose place this one has come, should the database not have noticed that it broke: what it was
 * asked to do is then done, or never will be.
 */
async function endPredecessor(client: pg.Client, name: string): Promise<void> {
  const { rows } = await client.query<{ ended: boolean }>(
    `select pg_terminate_backend(pid, 5000) as ended from pg_stat_activity
     where application_name = $1 and pid <> pg_backend_pid()`,
    [name]
  )
  if (rows.some(({ ended }) => !ended)) throw new Error('The connection before this one does not end.')
}

/** Does something that changes nothing, and does it once more where the connection broke. */
export async function onceMore<Result>(read: () => Promise<Result>): Promise<Result> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof DatabaseUnreachable)) throw error
    return read()
  }
}

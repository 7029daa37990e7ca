import { setTimeout as sleep } from 'node:timers/promises'
import { DatabaseInUse } from '../backend.ts'
import { Connection } from './connection.ts'

/** A lock of PostgreSQL has two numbers: this one is Troupe's, the other one stands for the schema. */
const KIND = 0x74726f75
const schema = 'hashtext(current_schema())'

const tryLock = { name: 'try_lock', text: `select pg_try_advisory_lock(${KIND}, ${schema}) as held` }
const findHolder = {
  name: 'find_holder',
  text: `select pid, coalesce(host(client_addr), 'its own machine') as address, backend_start
    from pg_locks join pg_stat_activity using (pid)
    where locktype = 'advisory' and granted and classid = ${KIND} and objid = ${schema}::oid
      and database = (select oid from pg_database where datname = current_database())`
}
// So that PostgreSQL sees within half a minute that a machine is gone.
const keepAlive = {
  name: 'keep_alive',
  text: `select set_config(name, value, false) from (values ('tcp_keepalives_idle', '10'),
    ('tcp_keepalives_interval', '5'), ('tcp_keepalives_count', '3')) as setting(name, value)`
}
const beat = { name: 'beat', text: 'select 1' }

interface Holder {
  pid: number
  address: string
  backend_start: string
}

/** For so long a lock may outlive the process that had it, and so often is looked whether it is free, in milliseconds. */
const [GONE, LOOK] = [3000, 50]
/** How often is looked whether the connection still holds the lock, in milliseconds. */
const BEAT = 5000
/** How long to wait before a database that cannot be reached is tried again, in milliseconds. */
const PATIENCE = [50, 100, 250, 500, 1000]

/**
 * Keeps other servers from a database: a lock that PostgreSQL holds for one connection and frees when that connection is
 * gone, whatever has ended the process.
 */
export class ServerLock {
  readonly #connection: Connection
  readonly #shown: string
  /** Another server has taken the database while it could not be reached: nothing may be written any more. */
  readonly #taken: (error: DatabaseInUse) => void
  #beat: NodeJS.Timeout | undefined
  #held = false
  #closed = false

  constructor(url: string, shown: string, taken: (error: DatabaseInUse) => void) {
    this.#connection = new Connection(url, 'lock', { lost: () => this.#lost() })
    this.#shown = shown
    this.#taken = taken
  }

  /** Whether this server has the database, as far as it can know. */
  get held(): boolean {
    return this.#held
  }

  /** Takes the lock. Throws `DatabaseInUse` where a living server has it. */
  async take(): Promise<void> {
    await this.#connection.rows(keepAlive)
    for (const until = performance.now() + GONE; !(await this.#try()); await sleep(LOOK))
      if (performance.now() > until) throw await this.#inUse()
    this.#held = true
    this.#beat ??= setInterval(() => void this.#connection.rows(beat).catch(() => {}), BEAT).unref()
  }

  async release(): Promise<void> {
    this.#closed = true
    this.#held = false
    clearInterval(this.#beat)
    await this.#connection.close()
  }

  async #try(): Promise<boolean> {
    const [row] = await this.#connection.rows<{ held: boolean }>(tryLock)
    return row!.held
  }

  async #inUse(): Promise<DatabaseInUse> {
    const [holder] = await this.#connection.rows<Holder>(findHolder)
    const who =
      holder &&
      ` (process ${holder.pid} of PostgreSQL, connected from ${holder.address} since ${holder.backend_start})`
    return new DatabaseInUse(`${this.#shown} is in use by another server${who ?? ''}.`)
  }

  #lost(): void {
    if (!this.#held) return
    this.#held = false
    void this.#takeAgain()
  }

  async #takeAgain(): Promise<void> {
    for (let tries = 0; !this.#closed; tries++) {
      try {
        return await this.take()
      } catch (error) {
        if (error instanceof DatabaseInUse) return this.#taken(error)
        await sleep(PATIENCE[Math.min(tries, PATIENCE.length - 1)], undefined, { ref: false })
      }
    }
  }
}

import type { Connection } from '../connection.ts'

/** How many runs a range has: 100,000 make about 5 GB of frames. */
const SIZE = 100_000
/** A range goes as a whole where so small a part of its runs, with so many rows in their logs, is to be kept. */
const [FEW_RUNS, FEW_ROWS] = [1 / 100, 100_000]
/** How often is looked for such ranges, in milliseconds. */
const ROUND = 60_000
/** How many rows of `run` are deleted at a time, once their logs are gone. */
const SLICE = 5000

const lastId = { name: 'last_run', text: 'select last_value from run_id_seq' }

// Runs that are deleted already or will be old within a day need not be kept.
const goes = `status = 'deleted' or (status in ('complete', 'error', 'stopped')
  and updated_at < $2::timestamptz + interval '1 day')`
const findGoing = {
  name: 'find_going',
  text: `select n from (select distinct id / $1::bigint as n from run where status = 'deleted') as hidden,
    lateral (
      select count(*) filter (where not (${goes})) as runs,
        coalesce(sum(seq + journal) filter (where not (${goes})), 0) as rows
      from run left join run_state on run_id = id
      where id >= n * $1::bigint and id < (n + 1) * $1::bigint) as kept
    where n < (select last_value from run_id_seq) / $1::bigint and runs <= $1::bigint * $3::float and rows <= $4::bigint
      and to_regclass('frame_from_' || n * $1::bigint) is not null`
}
const isGone = {
  name: 'is_gone',
  text: `select not exists (
      select 1 from run where id >= $1::bigint and id < $3::bigint and status <> 'deleted' and (${goes})) as gone`
}
const dropHidden = {
  name: 'drop_hidden',
  text: `with dropped as (
      delete from run where id in (
        select id from run where id >= $1::bigint and id < $2::bigint and status = 'deleted' limit $3::bigint)
      returning 1)
    select count(*) from dropped`
}

/**
 * The partitions of `frame` and `journal`, each for a range of run ids and made ahead. What stands in no range is in the
 * default partition. Old runs are deleted by dropping their whole range where nearly all of it is old: 500,000 rows take
 * 0.1 s that way, and 2 s and a vacuum one by one.
 */
export class Ranges {
  readonly size: number
  readonly #connection: Connection
  readonly #few: number
  /** Ids below this one have a range. */
  #covered = 0
  #making = false
  #going: number[] = []
  #before = ''
  #looked = Number.NEGATIVE_INFINITY

  constructor(connection: Connection, { size = SIZE, few = FEW_RUNS } = {}) {
    this.#connection = connection
    this.size = size
    this.#few = few
  }

  /** The numbers of the ranges that soon go as a whole, as a `bigint[]`: their rows are not deleted one by one. */
  get going(): string {
    return `{${this.#going}}`
  }

  /** Makes the range of the newest run and the next one. */
  async prepare(): Promise<void> {
    const [row] = await this.#connection.rows<{ last_value: number }>(lastId)
    await this.#make(row!.last_value)
  }

  /** Notes the id of a new run: further ranges are made, in the background, before they are needed. */
  created(id: number): void {
    if (this.#making || id + this.size / 2 < this.#covered) return
    this.#making = true
    // What has no range yet is put into the default partition.
    const made = this.#make(id + this.size).catch(() => {})
    void made.finally(() => {
      this.#making = false
    })
  }

  /** Looks, at most once a minute, for ranges in which nearly all runs ended before a time (ISO 8601), or soon will have. */
  async look(before: string): Promise<void> {
    this.#before = before
    if (performance.now() - this.#looked < ROUND) return
    this.#looked = performance.now()
    const found = await this.#connection.rows<{ n: number }>(findGoing, [
      this.size,
      before,
      this.#few,
      FEW_ROWS
    ])
    this.#going = found.map(({ n }) => n)
  }

  /** Drops a range of which nothing but what is to be kept can still be read. Gives 1, or 0 where there is none. */
  async drop(): Promise<number> {
    for (const n of this.#going) {
      const [from, to] = [n * this.size, (n + 1) * this.size]
      const [row] = await this.#connection.rows<{ gone: boolean }>(isGone, [from, this.#before, to])
      if (!row!.gone) continue
      await this.#connection.script(dropScript(from, to))
      this.#going = this.#going.filter((other) => other !== n)
      while ((await this.#dropHidden(from, to)) > 0);
      return 1
    }
    return 0
  }

  async #dropHidden(from: number, to: number): Promise<number> {
    const [row] = await this.#connection.rows<{ count: number }>(dropHidden, [from, to, SLICE])
    return row!.count
  }

  async #make(id: number): Promise<void> {
    const first = Math.floor(id / this.size) * this.size
    for (const from of [first, first + this.size]) {
      await this.#connection.script(makeScript(from, from + this.size))
      this.#covered = Math.max(this.#covered, from + this.size)
    }
  }
}

const logs = ['frame', 'journal'] as const

// Rows that are in the default partition already keep a range from being made: they stay there, and so do those that come.
const makeScript = (from: number, to: number) => `do $$ begin
  set local lock_timeout = '5s';
  perform pg_advisory_xact_lock(hashtext('troupe ranges'));
  if to_regclass('frame_from_${from}') is null then
    ${logs
      .map(
        (log) => `create table ${log}_from_${from} (like ${log} including defaults including storage);
    alter table ${log} attach partition ${log}_from_${from} for values from (${from}) to (${to});`
      )
      .join('\n')}
  end if;
exception when check_violation then null; end $$`

// Everything at once, and all others wait meanwhile: what is kept must be readable at each moment.
const dropScript = (from: number, to: number) => `do $$ begin
  set local lock_timeout = '2s';
  perform pg_advisory_xact_lock(hashtext('troupe ranges'));
  lock table frame, journal in access exclusive mode;
  ${logs
    .map(
      (log) => `create temporary table kept_${log} on commit drop as select * from ${log}_from_${from}
    where run_id in (select id from run where id >= ${from} and id < ${to} and status <> 'deleted');
  alter table ${log} detach partition ${log}_from_${from};
  drop table ${log}_from_${from};
  insert into ${log} select * from kept_${log};`
    )
    .join('\n')}
end $$`

import { idIn, likePattern } from '../../search.ts'
import type { OverviewQuery, RunOverview } from '../../store.ts'
import type { Connection } from '../connection.ts'
import { encodeText } from '../text.ts'
import { textArray } from './binary-arrays.ts'

type Value = string | number | Buffer
/** A condition with its values; where they stand comes later. */
type Condition = readonly [name: string, sql: (...places: string[]) => string, ...values: Value[]]

/** What a query restricts a list by. */
function conditionsOf({ user, status = [], q, before }: OverviewQuery): Condition[] {
  const all: Condition[] = []
  // The index of a user's runs holds the beginning of the user's id only, which may be of any length.
  const ofUser = (id: string) => `left(user_id, 200) = left(${id}::text, 200) and user_id = ${id}::text`
  const like = (part: string, id: string) =>
    `(team ilike ${part}::text or title ilike ${part}::text or id = ${id}::bigint)`
  if (user !== undefined) all.push(['user', ofUser, encodeText(user)])
  if (status.length > 0) all.push(['status', (list) => `status = any(${list}::text[])`, textArray(status)])
  if (before !== undefined) all.push(['before', (id) => `id < ${id}::bigint`, before])
  if (q) all.push(['q', like, likePattern(encodeText(q)), idIn(q)])
  return all
}

/** Lists runs, newest first. The long columns stand beside the rows and are not read. */
export const listRuns =
  (connection: Connection) =>
  (query: OverviewQuery): Promise<RunOverview[]> => {
    const values: Value[] = [query.limit]
    const conditions = conditionsOf(query).map(([name, sql, ...given]) => {
      const places = given.map((value) => `$${values.push(value)}`)
      return { name, sql: `and ${sql(...places)}` }
    })
    const statement = {
      name: ['overview', ...conditions.map(({ name }) => name)].join('_'),
      text: `select id, session_id, status, team, title as task, created_at, waits_for from run
        where status <> 'deleted' ${conditions.map(({ sql }) => sql).join(' ')}
        order by id desc limit $1::bigint`
    }
    return connection.read<RunOverview>(statement, values)
  }

import type { Connection } from './connection.ts'

/** Under which name a server writes. A commit that names an epoch which is over writes nothing and throws `Fenced`. */
export interface Fence {
  node: number
  epoch: number
}

const begin = {
  name: 'begin_node',
  text: 'insert into node (lease_until) values (clock_timestamp()) returning id as node, epoch'
}
// Waits for commits of theirs that are under way; later ones find another epoch.
const endOthers = {
  name: 'end_other_nodes',
  text: 'update node set dead = true, epoch = epoch + 1 where not dead and id <> $1::bigint'
}
const forget = {
  name: 'forget_nodes',
  text: `delete from node where dead and lease_until < clock_timestamp() - interval '1 day'`
}

/** Begins to write as the only server: what any other one still has on its way comes before that, or never. */
export async function beginAlone(connection: Connection): Promise<Fence> {
  const [fence] = await connection.rows<Fence>(begin)
  await connection.rows(endOthers, [fence!.node])
  await connection.rows(forget)
  return fence!
}

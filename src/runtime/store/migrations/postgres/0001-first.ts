import { Migration } from '@mikro-orm/migrations'

/** The first tables. A released migration is never changed: what comes later is another one. */
export class First extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement)
  }
}

const row = `
  id bigserial primary key,
  user_id text null,
  version text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null`

// JSON is kept in texts: PostgreSQL's own types for it refuse NUL and lone surrogates. Ids of users may be of any length,
// and an entry of a b-tree may not: hashes, or the beginning of it.
const statements = [
  // The servers that write, or wrote. "epoch" is part of a key, so that a change of it waits for commits that name it.
  `create table node (
    id bigserial primary key,
    epoch bigint not null default 1,
    address text null,
    version text null,
    revision bigint null,
    lease_until timestamptz not null,
    live bigint null,
    room bigint null,
    draining boolean not null default false,
    dead boolean not null default false)`,
  'create unique index node_epoch on node (id, epoch)',
  `create table team (${row}, component text not null)`,
  'create index team_user on team using hash (user_id)',
  `create table session (${row}, name text not null, team_id bigint null)`,
  'create index "session_user" on session using hash (user_id)',
  `create table run (${row},
    session_id bigint null,
    status text not null,
    error_message text null,
    team text null,
    title text null,
    waits_for text null,
    task text not null,
    options text null,
    team_config text null,
    constraint run_session_id_foreign foreign key (session_id) references session (id) on delete cascade)
    with (fillfactor = 80)`,
  'create index run_session on run (session_id)',
  'create index run_status on run (status, updated_at)',
  'create index run_overview on run (left(user_id, 200), id)',
  `create table run_state (
    run_id bigint not null primary key,
    revision bigint not null,
    seq bigint not null,
    journal bigint not null,
    wake_at timestamptz null,
    snapshot text not null,
    constraint run_state_run_id_foreign foreign key (run_id) references run (id) on delete cascade)
    with (fillfactor = 70)`,
  'create index run_state_due on run_state (wake_at) where wake_at is not null',
  // In partitions by ranges of runs (src/runtime/store/postgres/statements/ranges.ts), without foreign keys: see commit.ts there.
  `create table frame (
    id bigserial,
    run_id bigint not null,
    seq bigint not null,
    type text not null,
    text text not null,
    created_at timestamptz not null) partition by range (run_id)`,
  'create unique index frame_seq on frame (run_id, seq)',
  'create table frame_default partition of frame default',
  `create table journal (
    run_id bigint not null,
    n bigint not null,
    kind text not null,
    body text not null,
    primary key (run_id, n)) partition by range (run_id)`,
  'create table journal_default partition of journal default',
  `create table settings (${row}, config text not null,
    constraint settings_user exclude using hash (user_id with =))`,
  `create table gallery (${row}, config text not null)`,
  'create index gallery_user on gallery using hash (user_id)',
  `create table secret (
    id text not null primary key,
    user_id text null,
    place text not null,
    value text not null,
    digest text not null,
    created_at timestamptz not null)`,
  'create unique index secret_digest on secret (digest)',
  `create table taken (
    kind text not null,
    source text not null,
    id bigint not null,
    primary key (kind, source))`,
  // By this a statement says that it must not be: everything it did is undone.
  `create function troupe_fail(code text, why text) returns void language plpgsql as
    $$ begin raise exception using errcode = code, message = why; end $$`
]

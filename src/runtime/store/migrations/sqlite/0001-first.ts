import { Migration } from '@mikro-orm/migrations'

/** The first tables. A released migration is never changed: what comes later is another one. */
export class First extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement)
  }
}

// `autoincrement`: an id that clients have seen is never given to another row, not even after a deletion.
const row = `
  id integer not null primary key autoincrement,
  user_id text null,
  version text not null,
  created_at text not null,
  updated_at text not null`

// `frame` and `journal` keep their row ids: as `without rowid`, inserts for many runs at once cost 3.5 times as much,
// since each touches the page of its own run.
const statements = [
  `create table team (${row}, component text not null)`,
  'create index team_user on team (user_id)',
  `create table session (${row}, name text not null, team_id integer null)`,
  'create index session_user on session (user_id)',
  `create table run (${row},
    session_id integer null,
    status text not null,
    error_message text null,
    team text null,
    title text null,
    waits_for text null,
    task text not null,
    options text null,
    team_config text null,
    constraint run_session_id_foreign foreign key (session_id) references session (id) on delete cascade)`,
  'create index run_session on run (session_id)',
  `create index run_unfinished on run (id) where status in ('active', 'awaiting_input', 'paused')`,
  `create index run_deleted on run (id) where status = 'deleted'`,
  `create index run_ended on run (updated_at) where status in ('complete', 'error', 'stopped')`,
  'create index run_overview on run (user_id, id, session_id, status, team, title, waits_for, created_at)',
  `create table run_state (
    run_id integer not null primary key,
    revision integer not null,
    seq integer not null,
    journal integer not null,
    wake_at text null,
    snapshot text not null,
    constraint run_state_run_id_foreign foreign key (run_id) references run (id) on delete cascade)`,
  'create index run_state_due on run_state (wake_at) where wake_at is not null',
  `create table frame (
    id integer not null primary key autoincrement,
    run_id integer not null,
    seq integer not null,
    type text not null,
    text text not null,
    created_at text not null,
    constraint frame_run_id_foreign foreign key (run_id) references run (id) on delete cascade)`,
  'create unique index frame_seq on frame (run_id, seq)',
  `create table journal (
    run_id integer not null,
    n integer not null,
    kind text not null,
    body text not null,
    primary key (run_id, n),
    constraint journal_run_id_foreign foreign key (run_id) references run (id) on delete cascade)`
]

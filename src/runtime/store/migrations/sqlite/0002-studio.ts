import { Migration } from '@mikro-orm/migrations'

/** What the pages of AutoGen Studio keep besides teams, sessions and runs. */
export class Studio extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement)
  }
}

const row = `
  id integer not null primary key autoincrement,
  user_id text null,
  version text not null,
  created_at text not null,
  updated_at text not null`

const statements = [
  `create table settings (${row}, config text not null)`,
  'create unique index settings_user on settings (user_id)',
  `create table gallery (${row}, config text not null)`,
  'create index gallery_user on gallery (user_id)',
  `create table secret (
    id text not null primary key,
    user_id text null,
    place text not null,
    value text not null,
    digest text not null,
    created_at text not null)`,
  'create unique index secret_digest on secret (digest)',
  `create table taken (
    kind text not null,
    source text not null,
    id integer not null,
    primary key (kind, source))`
]

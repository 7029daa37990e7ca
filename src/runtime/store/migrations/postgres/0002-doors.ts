import { Migration } from '@mikro-orm/migrations'

/** Published teams, and which run belongs to which conversation of another protocol. */
export class Doors extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement)
  }
}

const statements = [
  'alter table team add column published boolean not null default false',
  'alter table team add column is_default boolean not null default false',
  'create index team_published on team (id) where published',
  `create table conversation (
    id bigserial primary key,
    run_id bigint not null,
    door text not null,
    digest text not null,
    data text null,
    created_at timestamptz not null,
    constraint conversation_run_id_foreign foreign key (run_id) references run (id) on delete cascade)`,
  'create index conversation_run on conversation (run_id)',
  'create index conversation_digest on conversation (digest, id)'
]

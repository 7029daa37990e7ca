import { Migration } from '@mikro-orm/migrations'

/** Tokens for one run, and tokens that were revoked. */
export class Tokens extends Migration {
  override up(): void {
    this.addSql(statement)
  }
}

const statement = `create table token (
  digest text not null primary key,
  kind text not null,
  user_id text null,
  run_id bigint null,
  expires_at timestamptz not null,
  created_at timestamptz not null)`

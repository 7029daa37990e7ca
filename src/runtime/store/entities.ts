import { defineEntity, type EntityProperty, type Platform, p, Type } from '@mikro-orm/core'
import type { ComponentModel } from '../../machines/component/component.ts'
import type { RunStatus } from '../../protocol/run-status.ts'

// SQLite takes a column of type json for a numeric one and would turn the JSON text `1.0` into 1; PostgreSQL's json
// refuses NUL and lone surrogates.
const json = <Value>() => p.json<Value>().columnType('text')

/**
 * A moment, which the program knows as a text: ISO 8601 in UTC. SQLite keeps it as it is, since it would turn a datetime
 * into milliseconds, which a person cannot read in the file; PostgreSQL as `timestamptz`.
 */
class Moment extends Type<string, string> {
  override getColumnType(_: EntityProperty, platform: Platform): string {
    return platform.getDateTimeTypeDeclarationSQL({})
  }
  override compareAsType(): string {
    return 'string'
  }
}

const moment = () => p.type(Moment)

const row = {
  id: p.integer().primary().autoincrement(),
  user_id: p.text().strictNullable(),
  version: p.text(),
  created_at: moment(),
  updated_at: moment()
}

/** The teams that users keep. */
export const Team = defineEntity({
  name: 'Team',
  tableName: 'team',
  properties: {
    ...row,
    component: json<ComponentModel>(),
    published: p.boolean().default(false),
    /** `default` is a word of SQL. */
    default: p.boolean().default(false).fieldName('is_default')
  },
  indexes: [
    { name: 'team_user', properties: 'user_id' },
    { name: 'team_published', properties: 'published', where: 'published = 1' }
  ]
})

/** The sessions, in which runs stand. As in Studio, `team_id` may name a team that is no more: no foreign key. */
export const Session = defineEntity({
  name: 'Session',
  tableName: 'session',
  properties: { ...row, name: p.text(), team_id: p.integer().strictNullable() },
  indexes: [{ name: 'session_user', properties: 'user_id' }]
})

/** What changes rarely about a run. The long columns are last: SQLite reads a row only as far as it must. */
export const Run = defineEntity({
  name: 'Run',
  tableName: 'run',
  properties: {
    ...row,
    /** Null while the run is being deleted. */
    session_id: () =>
      p
        .manyToOne(Session)
        .mapToPk()
        .strictNullable()
        .joinColumn('session_id')
        .deleteRule('cascade')
        .index('run_session'),
    status: p.text().$type<RunStatus | 'deleted'>(),
    error_message: p.text().strictNullable(),
    team: p.text().strictNullable(),
    title: p.text().strictNullable(),
    waits_for: p.text().strictNullable(),
    task: json<unknown>(),
    options: json<unknown>().strictNullable(),
    team_config: json<ComponentModel>().strictNullable()
  },
  indexes: [
    // A start need not read all that ever ran, nor does the deletion of old runs. Not for some statuses only: see
    // the third migration.
    { name: 'run_status', properties: ['status', 'updated_at'] },
    // Holds all of a list of runs.
    {
      name: 'run_overview',
      properties: ['user_id', 'id', 'session_id', 'status', 'team', 'title', 'waits_for', 'created_at']
    }
  ]
})

// Never an index of its own: each table below has one that begins with the run.
const ofRun = () => p.manyToOne(Run).mapToPk().joinColumn('run_id').deleteRule('cascade').index(false)

/** The small row of a run that is rewritten as it goes. */
export const RunState = defineEntity({
  name: 'RunState',
  tableName: 'run_state',
  properties: {
    run_id: () =>
      p.oneToOne(Run).mapToPk().joinColumn('run_id').deleteRule('cascade').updateRule('no action').primary(),
    revision: p.integer(),
    seq: p.integer(),
    journal: p.integer(),
    wake_at: moment().strictNullable(),
    snapshot: p.text()
  },
  indexes: [{ name: 'run_state_due', properties: 'wake_at', where: 'wake_at is not null' }]
})

/** The frames that left, in one table for all runs. */
export const Frame = defineEntity({
  name: 'Frame',
  tableName: 'frame',
  properties: {
    id: p.integer().primary().autoincrement(),
    run_id: ofRun,
    seq: p.integer(),
    type: p.text(),
    text: p.text(),
    created_at: moment()
  },
  // The only index: a look for one type walks the frames of that run. Each further one would cost every insert.
  uniques: [{ name: 'frame_seq', properties: ['run_id', 'seq'] }]
})

/** What came in from outside. */
export const Journal = defineEntity({
  name: 'Journal',
  tableName: 'journal',
  properties: { run_id: () => ofRun().primary(), n: p.integer().primary(), kind: p.text(), body: p.text() }
})

/** What a user has set: one row each. */
export const UserSettings = defineEntity({
  name: 'UserSettings',
  tableName: 'settings',
  properties: { ...row, config: json<Record<string, unknown>>() },
  uniques: [{ name: 'settings_user', properties: 'user_id' }]
})

/** The galleries of users: components to take from. */
export const Gallery = defineEntity({
  name: 'Gallery',
  tableName: 'gallery',
  properties: { ...row, config: json<Record<string, unknown>>() },
  indexes: [{ name: 'gallery_user', properties: 'user_id' }]
})

/** The values behind the references `secret:<id>`; `digest` finds a value that is kept already. */
export const Secret = defineEntity({
  name: 'Secret',
  tableName: 'secret',
  properties: {
    id: p.text().primary(),
    user_id: p.text().strictNullable(),
    place: p.text(),
    value: p.text(),
    digest: p.text(),
    created_at: moment()
  },
  uniques: [{ name: 'secret_digest', properties: 'digest' }]
})

/** Which rows of other databases were imported, and under which id. */
export const ImportedRow = defineEntity({
  name: 'ImportedRow',
  tableName: 'taken',
  properties: { kind: p.text().primary(), source: p.text().primary(), id: p.integer() }
})

/** Which run belongs to which conversation of another protocol; `digest` is a hash of the conversation's name. */
export const Conversation = defineEntity({
  name: 'Conversation',
  tableName: 'conversation',
  properties: {
    id: p.integer().primary().autoincrement(),
    run_id: () =>
      p.manyToOne(Run).mapToPk().joinColumn('run_id').deleteRule('cascade').index('conversation_run'),
    door: p.text(),
    digest: p.text(),
    data: json<unknown>().strictNullable(),
    created_at: moment()
  },
  indexes: [{ name: 'conversation_digest', properties: ['digest', 'id'] }]
})

/** Tokens for one run, and tokens that were revoked. */
export const Token = defineEntity({
  name: 'Token',
  tableName: 'token',
  properties: {
    digest: p.text().primary(),
    kind: p.text().$type<'run' | 'revoked' | 'user'>(),
    user_id: p.text().strictNullable(),
    run_id: p.integer().strictNullable(),
    expires_at: moment(),
    created_at: moment()
  }
})

/** Everything that Troupe keeps. */
export const entities = [
  Team,
  Session,
  Run,
  RunState,
  Frame,
  Journal,
  UserSettings,
  Gallery,
  Secret,
  ImportedRow,
  Conversation,
  Token
]

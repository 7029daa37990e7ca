import type { Constructor } from '@mikro-orm/core'
import type { Migration } from '@mikro-orm/migrations'

/** A migration by its name, which is loaded when it has to run. */
export interface KnownMigration {
  name: string
  load(): Promise<Constructor<Migration>>
}

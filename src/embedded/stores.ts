import type { StoreOptions } from '../runtime/store/open-store.ts'
import type { Store } from '../runtime/store/store.ts'

/** How a database is kept. */
export interface DatabaseOptions {
  /**
   * SQLite only. `normal`, the default, loses nothing when the process dies; `full` loses nothing when the machine loses
   * power either, and waits for the disk at each commit.
   */
  synchronous?: StoreOptions['synchronous']
}

/** Opens the database behind a store of `sqlite` or `postgres`; other stores are open already. */
const openers = new WeakMap<Store, (how: OpenedFor) => Promise<Store>>()

/** For whom a store is opened. */
type OpenedFor = Pick<StoreOptions, 'taken' | 'now'>

/**
 * A store in a file of SQLite, or in memory. The file and its folders are made where they are missing. It is opened when
 * it is first used, for this process alone, and closed with the runtime that has it.
 *
 * @param path the file, `desk.db`; `:memory:` keeps everything in this process
 * @param options how the file is kept
 * @throws when it is first used: where another process has the file, or it cannot be opened
 * @example
 * const troupe = await openTroupe({ store: sqlite('desk.db'), teams: { desk } })
 */
export const sqlite = (path: string, options: DatabaseOptions = {}): Store =>
  databaseStore({ ...options, database: `sqlite:${path}` })

/**
 * A store in a database of PostgreSQL, whose tables are made where they are missing. It is opened when it is first used,
 * for this process alone, and closed with the runtime that has it.
 *
 * @param url `postgres://user:password@host:5432/name`
 * @throws when it is first used: where it cannot be reached, or another process has it
 */
export const postgres = (url: string): Store => databaseStore({ database: url })

/** The store itself; that of a database is opened first. */
export async function openedStore(store: Store, how: OpenedFor): Promise<Store> {
  return (await openers.get(store)?.(how)) ?? store
}

/** The methods of the parts of a store. A test holds that these are all. */
export const storeMethods = {
  runs: [
    ...(['create', 'copy', 'overview', 'deleteOld', 'delete', 'get', 'ofSession', 'commit'] as const),
    ...(['frames', 'journal', 'state', 'saved', 'countByStatus', 'withStatus', 'due'] as const)
  ],
  teams: ['list', 'get', 'insert', 'update', 'delete', 'reachable', 'makeDefault'],
  sessions: ['list', 'get', 'insert', 'update', 'delete'],
  settings: ['list', 'get', 'insert', 'update', 'delete'],
  galleries: ['list', 'get', 'insert', 'update', 'delete'],
  secrets: ['put', 'get'],
  tokens: ['list', 'put'],
  conversations: ['add', 'newest', 'firstOf'],
  imports: ['importedAs', 'insert']
} as const

/** A store that opens its database when it is first asked for something. */
function databaseStore(options: StoreOptions): Store {
  let opened: Promise<Store> | undefined
  let open: Store | undefined
  const opening = (how: OpenedFor = {}): Promise<Store> => {
    opened ??= load({ ...options, ...how, alone: true })
      .then((store) => {
        open = store
        return store
      })
      .catch((error) => {
        opened = undefined
        throw error
      })
    return opened
  }
  const parts = Object.entries(storeMethods).map(([part, methods]) => [part, lazily(opening, part, methods)])
  const store: Store = {
    ...(Object.fromEntries(parts) as Pick<Store, keyof typeof storeMethods>),
    get trouble() {
      return open?.trouble ?? null
    },
    async close() {
      const store = await opened?.catch(() => undefined)
      opened = undefined
      open = undefined
      await store?.close()
    }
  }
  openers.set(store, async (how) => {
    // Its own methods, one step less for each call; whether there is trouble is asked anew each time.
    const own = Object.getOwnPropertyDescriptors(await opening(how))
    return Object.defineProperties({} as Store, { ...own, close: { value: () => store.close() } })
  })
  return store
}

/** A part of a store, each of whose methods waits until the database is open. */
function lazily(opening: () => Promise<Store>, part: string, methods: readonly string[]): object {
  type Part = Record<string, (...given: unknown[]) => unknown>
  const call =
    (name: string) =>
    async (...given: unknown[]) =>
      ((await opening()) as unknown as Record<string, Part>)[part]![name]!(...given)
  return Object.fromEntries(methods.map((name) => [name, call(name)]))
}

/** What opens databases is loaded only where there is one. */
async function load(options: StoreOptions): Promise<Store> {
  return (await import('../runtime/store/open-store.ts')).openStore(options)
}

import { expect, onTestFinished, test } from 'vitest'
import { openTroupe, type Store, sqlite } from '../../src/embedded/index.ts'
import { storeMethods } from '../../src/embedded/stores.ts'
import { needing, openStore } from '../../src/runtime/store/open-store.ts'
import { talk } from './desk.ts'

test('a store that is opened when it is used has every method of one that is open', async () => {
  const store = await openStore({ database: 'sqlite::memory:' })
  onTestFinished(() => store.close())
  const parts = Object.entries(store).filter(([, part]) => typeof part === 'object' && part !== null)
  const methods = parts.map(([name, part]) => [name, Object.keys(part).sort()])
  expect(Object.fromEntries(methods)).toEqual(
    Object.fromEntries(Object.entries(storeMethods).map(([name, all]) => [name, [...all].sort()]))
  )
})

test('a store of a program is used as it is: every commit goes through it', async () => {
  const inner = sqlite(':memory:')
  let commits = 0
  const store: Store = {
    ...inner,
    runs: {
      ...inner.runs,
      commit(changes, again) {
        commits++
        return inner.runs.commit(changes, again)
      }
    }
  }
  await using troupe = await openTroupe({ store, teams: { talk: () => talk('One.') } })
  expect((await (await troupe.start('talk', 'Talk.')).result()).output).toBe('One.')
  expect(commits).toBeGreaterThan(1)
})

test('a store can be opened again when it was closed', async () => {
  const store = sqlite(':memory:')
  for (const text of ['One.', 'Two.']) {
    await using troupe = await openTroupe({ store, teams: { talk: () => talk(text) } })
    expect((await (await troupe.start('talk', 'Talk.')).result()).output).toBe(text)
  }
})

test('a database that cannot be opened is named, with the reason', async () => {
  await expect(openTroupe({ store: sqlite('/dev/null/desk.db') })).rejects.toThrow('/dev/null')
})

test('a driver that is not installed is named, with how it is installed', async () => {
  const missing = Object.assign(new Error("Cannot find package 'better-sqlite3' imported from x"), {
    code: 'ERR_MODULE_NOT_FOUND'
  })
  await expect(needing('SQLite', 'better-sqlite3', Promise.reject(missing))).rejects.toThrow(
    'SQLite needs a package that is not installed, "better-sqlite3": npm install better-sqlite3'
  )
  await expect(needing('SQLite', 'better-sqlite3', Promise.reject(new Error('else')))).rejects.toThrow('else')
})

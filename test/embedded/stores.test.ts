import { expect, onTestFinished, test } from 'vitest'
import { openTroupe, type Store, sqlite } from '../../src/embedded/index.ts'
import { storeMethods } from '../../src/embedded/stores.ts'
import { openStore } from '../../src/runtime/store/open-store.ts'
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

import { expect, test } from 'vitest'
import { RecentSecrets } from '../../src/runtime/components/recent-secrets.ts'
import type { Secrets, StoredSecret } from '../../src/runtime/store/store.ts'

const secret = { user_id: 'ann', place: '[]', value: 'sk-1' }

/** Secrets that count how often they are asked, and a clock that is set by hand. */
function setup() {
  const rows = new Map<string, StoredSecret>()
  const asked = { put: 0, get: 0 }
  const clock = { now: 0 }
  const store: Secrets = {
    async put(given) {
      asked.put++
      const id = `${rows.size}`
      rows.set(id, { id, ...given })
      return id
    },
    async get(id) {
      asked.get++
      return rows.get(id)
    }
  }
  return { recent: new RecentSecrets(store, () => clock.now), rows, asked, clock }
}

test('a secret that many ask for at once is stored and read once', async () => {
  const { recent, asked } = setup()
  const ids = await Promise.all(Array.from({ length: 200 }, () => recent.put(secret)))
  expect(new Set(ids).size).toBe(1)
  await Promise.all(ids.map((id) => recent.get(id)))
  expect(asked).toEqual({ put: 1, get: 1 })
})

test('secrets of others, for other places and of other values are others', async () => {
  const { recent } = setup()
  const given = [
    secret,
    { ...secret, user_id: null },
    { ...secret, place: '[1]' },
    { ...secret, value: 'sk-2' }
  ]
  expect(new Set(await Promise.all(given.map((one) => recent.put(one)))).size).toBe(4)
})

test('a secret that was deleted elsewhere is gone after five seconds', async () => {
  const { recent, rows, clock } = setup()
  const id = await recent.put(secret)
  expect(await recent.get(id)).toMatchObject(secret)
  rows.clear()
  clock.now = 5000
  expect(await recent.get(id)).toBeUndefined()
})

test('what is not there, or could not be had, is asked for again', async () => {
  const { recent, rows, asked } = setup()
  expect(await recent.get('9')).toBeUndefined()
  rows.set('9', { id: '9', ...secret })
  expect(await recent.get('9')).toMatchObject(secret)
  const failing = new RecentSecrets({
    put: async () => Promise.reject(new Error('no')),
    get: async () => {
      asked.get++
      throw new Error('no')
    }
  })
  await expect(failing.get('1')).rejects.toThrow('no')
  await expect(failing.get('1')).rejects.toThrow('no')
  expect(asked.get).toBe(4)
})

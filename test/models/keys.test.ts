import { expect, test } from 'vitest'
import { KEYS_STAY_HOME, keyFor } from '../../src/runtime/models/wire/api-keys.ts'

const operators = { OPENAI_API_KEY: 'of the operator', [KEYS_STAY_HOME]: '1' }
const runOf = (user: Record<string, string>) => Object.assign(Object.create(operators), user)

test("an operator's key goes to its maker", () => {
  expect(keyFor(runOf({}), 'OPENAI_API_KEY', 'home')).toBe('of the operator')
})

test("an operator's key does not go to an address that a user gives", () => {
  expect(keyFor(runOf({}), 'OPENAI_API_KEY', 'given')).toBeUndefined()
})

test("a user's own key goes where the user says", () => {
  const env = runOf({ OPENAI_API_KEY: 'of the user' })
  expect(keyFor(env, 'OPENAI_API_KEY', 'given')).toBe('of the user')
})

test('where the user is the operator the key goes anywhere', () => {
  expect(keyFor({ OPENAI_API_KEY: 'mine' }, 'OPENAI_API_KEY', 'given')).toBe('mine')
})

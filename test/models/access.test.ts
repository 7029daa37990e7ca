import { describe, expect, test } from 'vitest'
import { accessOf } from '../../src/runtime/models/openai/access.ts'
import { operatorsEnvironment, variableBeside, wayTo } from '../../src/runtime/models/wire/access.ts'

const home = 'https://api.maker.test/v1'
const wanted = { keys: ['KEY'], addresses: ['ADDRESS'], home }
/** The environment of a tenant's run. */
const runOf = (operators: Record<string, string>, own: Record<string, string> = {}) =>
  Object.assign(Object.create(operatorsEnvironment(operators)), own)

describe('among tenants', () => {
  const operators = { KEY: 'of the operator', ADDRESS: 'https://operator.test/v1' }

  test("an operator's key goes to the operator's address, or to its maker", () => {
    expect(wayTo(runOf(operators), wanted)).toMatchObject({ key: operators.KEY, address: operators.ADDRESS })
    expect(wayTo(runOf({ KEY: 'k' }), wanted)).toMatchObject({ key: 'k', address: home })
  })

  test.each([
    ['in a config', { address: 'https://tenant.test' }, {}],
    ['in a setting', {}, { ADDRESS: 'https://tenant.test' }],
    ['that looks like the maker', { address: 'https://api.maker.test.evil.test/v1' }, {}],
    ['with the maker as its name', { address: 'https://api.maker.test@evil.test/v1' }, {}],
    ['of the maker without encryption', { address: 'http://api.maker.test/v1' }, {}],
    ['of another path', { address: 'https://operator.test/v1/../v2' }, {}]
  ])("an operator's key does not go to an address %s", (_, config, own) => {
    const way = wayTo(runOf(operators, own), { ...wanted, ...config })
    expect(way).toMatchObject({ key: undefined, isWithheld: true })
  })

  test("the maker's or the operator's own address may be named", () => {
    for (const address of [home, `${home}/`, operators.ADDRESS])
      expect(wayTo(runOf(operators), { ...wanted, address })).toMatchObject({ key: operators.KEY, address })
  })

  test.each([
    ['in a config', { key: 'mine' }, {}],
    ['in a setting', {}, { KEY: 'mine' }]
  ])(
    "a tenant's key %s goes to the tenant's address or to the maker, not to the operator's",
    (_, config, own) => {
      const env = runOf(operators, own)
      expect(wayTo(env, { ...wanted, ...config })).toMatchObject({ key: 'mine', address: home })
      const given = { ...wanted, ...config, address: 'https://tenant.test' }
      expect(wayTo(env, given)).toMatchObject({ key: 'mine', address: 'https://tenant.test' })
    }
  )

  test("beside an operator's key nothing goes that a tenant has set, and beside a tenant's nothing of the operator's", () => {
    const both = { OPENAI_API_KEY: 'of the operator', OPENAI_ORG_ID: 'org of the operator' }
    const config = {
      model: 'gpt-4o',
      organization: 'org of the tenant',
      default_headers: { 'x-account': 'tenant' }
    }
    const lent = accessOf(config, runOf(both, { OPENAI_ORG_ID: 'another' }))
    expect(lent).toMatchObject({
      key: both.OPENAI_API_KEY,
      organization: both.OPENAI_ORG_ID,
      headers: undefined
    })
    const own = accessOf({ ...config, api_key: 'mine' }, runOf(both))
    expect(own).toMatchObject({
      key: 'mine',
      organization: config.organization,
      headers: config.default_headers
    })
    expect(accessOf({ model: 'gpt-4o', api_key: 'mine' }, runOf(both)).organization).toBeUndefined()
  })

  test('a variable has the owner of the key', () => {
    const env = runOf({ KEY: 'k', ENGINE: 'of the operator' }, { ENGINE: 'of the tenant' })
    expect(variableBeside(env, wayTo(env, wanted), 'ENGINE')).toBe('of the operator')
    expect(variableBeside(env, wayTo(env, { ...wanted, key: 'mine' }), 'ENGINE')).toBe('of the tenant')
  })

  test('no variable makes a tenant the operator', () => {
    const own = { TROUPE_KEYS_STAY_HOME: '', TENANTS: '', __proto__: '', ADDRESS: 'https://tenant.test' }
    expect(wayTo(runOf(operators, own), wanted)).toMatchObject({ key: undefined })
  })
})

test('where the user is the operator the key goes anywhere', () => {
  const env = { KEY: 'mine' }
  expect(wayTo(env, { ...wanted, address: 'https://any.test' })).toMatchObject({
    key: 'mine',
    address: 'https://any.test',
    isLent: false
  })
})

import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { costOf, type PriceList, priceOf } from '../../src/runtime/models/prices.ts'
import { Prices } from '../../src/server/rest/prices.ts'
import { LogBook } from '../support/log-book.ts'
import { rest, serveHere, temporary } from '../support/run-server.ts'

const priced = (model: string, input: number) => ({ model, input, output: 2 * input })
const list: PriceList = {
  currency: 'USD',
  per_tokens: 1_000_000,
  models: [priced('small', 1), priced('small-pro', 9), { client: 'Local', input: 0, output: 0 }]
}
const priceIn = (name: string | null, client: string | null = null) => priceOf(list, { name, client })?.input

describe('a price', () => {
  test('a price is that of the model, whatever the date or the word behind its name, and whoever offers it', () => {
    for (const name of [
      'small',
      'small-2024-07-18',
      'small-latest',
      'small@001',
      'maker/small',
      'maker/small-preview'
    ])
      expect([name, priceIn(name)]).toEqual([name, 1])
    expect(priceIn('small-pro-20250101')).toBe(9)
  })

  test('a price is never that of another model whose name begins alike', () => {
    for (const name of ['small-large', 'smaller', 'small-5', 'small.1', 'tiny', null])
      expect([name, priceIn(name)]).toEqual([name, undefined])
  })

  test('a price is that of the client where the model has none', () => {
    expect(priceIn('anything', 'Local')).toBe(0)
    expect(priceIn('small', 'Local')).toBe(1)
    expect(priceIn(null, 'Local')).toBe(0)
  })

  test('a price makes tokens cost what they cost', () => {
    expect(costOf(list, list.models[0]!, { prompt_tokens: 1500, completion_tokens: 250 })).toBeCloseTo(
      0.002,
      10
    )
  })
})

describe('the list of prices', () => {
  let folder: string
  let remove: () => Promise<void>
  let file: string
  const log = new LogBook()
  beforeAll(async () => {
    ;({ folder, remove } = await temporary())
    file = join(folder, 'prices.yaml')
  })
  afterAll(() => remove())
  /** Writes the file as if so many seconds had gone by. */
  const write = (text: string, at: number) => {
    writeFileSync(file, text)
    utimesSync(file, at, at)
  }

  test('the server gives the list of prices [REST-13]', async () => {
    const server = await serveHere()
    const { data } = await rest(server.url, '/prices')
    expect(priceOf(data, { name: 'gpt-4o-mini-2024-07-18', client: null })).toMatchObject({
      input: 0.15,
      output: 0.6
    })
    expect(priceOf(data, { name: null, client: 'ReplayChatCompletionClient' })).toMatchObject({ input: 0 })
    await server.close()
  })

  test("the list of prices has the operator's before its own, and sees that their file was changed [REST-13]", () => {
    write('models: [{ model: gpt-4o-mini, input: 7, output: 8 }]', 1000)
    const prices = new Prices(file, log)
    const inputOf = (name: string) => priceOf(prices.list(), { name, client: null })?.input
    expect([inputOf('gpt-4o-mini'), inputOf('gpt-4o')]).toEqual([7, 2.5])
    write('models: [{ model: gpt-4o-mini, input: 3, output: 8 }]', 2000)
    expect(inputOf('gpt-4o-mini')).toBe(3)
  })

  test("the list of prices stays as it was while the operator's file is broken, and says so once", () => {
    write('models: [{ model: mine, input: 1, output: 1 }]', 3000)
    const prices = new Prices(file, log)
    write('models: [{ model: mine, input: -1, output: 1 }]', 4000)
    for (let times = 0; times < 3; times++)
      expect(priceOf(prices.list(), { name: 'mine', client: null })?.input).toBe(1)
    const message = expect.stringMatching(/prices\.yaml" do not fit:\nmodels\[0\]\.input/)
    expect(log.problems.map(({ err }) => err)).toEqual([expect.objectContaining({ message })])
  })

  test('prices in another currency stand alone', () => {
    write('currency: EUR\nmodels: [{ model: mine, input: 1, output: 1 }]', 5000)
    expect(new Prices(file, log).list()).toMatchObject({ currency: 'EUR', models: [{ model: 'mine' }] })
  })

  test.each([
    ['models: [', /prices\.yaml" cannot be read/],
    ['models: [{ input: 1, output: 1 }]', /models\[0\]: An entry names a model or a client/],
    ['prices: []', /models: /]
  ])('a file of prices is refused at the start where it is %j', (text, words) => {
    write(text, 6000)
    expect(() => new Prices(file, log)).toThrow(words)
    expect(() => new Prices(join(folder, 'none.json'), log)).toThrow(/none\.json" cannot be read: ENOENT/)
  })
})

import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const root = new URL('..', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')

/** The documents whose promises have ids. */
const documents = ['PROTOCOL.md', 'docs/durability.md']

/** `[SEQ-3]`: at the end of a promise in a document, and of the title of each test that holds it. */
const id = /\[([A-Z]+-\d+)\]/g
const idsIn = (text: string): string[] => [...text.matchAll(id)].map(([, found]) => found!)

const promised = documents.flatMap((path) => idsIn(read(path)))

/** The ids at the ends of titles. A string that ends in an id is a title: of a test, or of a scene that becomes one. */
function quotedIn(source: string): string[] {
  const titles = source.matchAll(/ (?:\[[A-Z]+-\d+\] ?)+(?=['"`])/g)
  return [...titles].flatMap(([ids]) => idsIn(ids))
}

const quoted = globSync('test/**/*.ts', { cwd: root })
  .filter((path) => path !== 'test/rules.test.ts')
  .map((path) => ({ path, ids: quotedIn(read(path)) }))

test('every promise of the documents has an id of its own', () => {
  expect(promised.filter((one, at) => promised.indexOf(one) !== at)).toEqual([])
  expect(promised.length).toBeGreaterThan(150)
})

test('the title of at least one test quotes each promise of the documents', () => {
  const held = new Set(quoted.flatMap(({ ids }) => ids))
  expect(promised.filter((one) => !held.has(one))).toEqual([])
})

test('the title of a test quotes only promises that stand in a document', () => {
  const known = new Set(promised)
  const unknown = quoted.flatMap(({ path, ids }) =>
    ids.filter((one) => !known.has(one)).map((one) => `${path}: ${one}`)
  )
  expect(unknown).toEqual([])
})

import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../support/child.ts'
import { snippetsOf } from './snippet.ts'

const documents = globSync(['*.md', 'docs/*.md', 'bench/*.md'], { cwd: root })
const read = (path: string) => readFileSync(join(root, path), 'utf8')

test('every snippet of the README is one that a test runs', () => {
  const snippets = snippetsOf('README.md')
  expect(snippets.filter(({ runs }) => !runs)).toEqual([])
  expect(snippets.map(({ language }) => language)).toEqual(['sh', 'ts', 'tsx'])
})

test('a mark to run a snippet stands right above one', () => {
  const marks = documents.map((path) => [path, read(path).match(/^ *<!-- run -->$/gm)?.length ?? 0])
  const marked = documents.map((path) => [path, snippetsOf(path).filter(({ runs }) => runs).length])
  expect(marked).toEqual(marks)
})

test('every relative link of a document leads to a file', () => {
  const dead = documents.flatMap((path) =>
    [...read(path).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
      .map(([, to]) => to!)
      .filter((to) => !/^[a-z]+:/.test(to) && !existsSync(join(root, dirname(path), to)))
      .map((to) => `${path}: ${to}`)
  )
  expect(dead).toEqual([])
})

test('the picture of the README is an animation that loads quickly', () => {
  const picture = join(root, 'docs/console.webp')
  expect(statSync(picture).size).toBeLessThan(1.5 * 1024 * 1024)
  const bytes = readFileSync(picture, 'latin1')
  expect(bytes.slice(8, 16)).toBe('WEBPVP8X')
  expect(bytes.split('ANMF').length).toBeGreaterThan(10)
})

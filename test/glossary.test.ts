import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const document = readFileSync(new URL('../docs/architecture.md', import.meta.url), 'utf8')
const glossary = document.slice(document.indexOf('## Glossary'), document.indexOf('## How things flow'))

const sources = globSync('src/runtime/**/*.ts').map((path) => ({ path, text: readFileSync(path, 'utf8') }))

/** The rooms that hold one class for each service, format or dialect: their files say what they are. */
const adapters = /^src\/runtime\/(models|tools|store|contexts|memory|agents\/\w+-surfer)\//

test('each class that the runtime exports is in the glossary of docs/architecture.md', () => {
  const classes = sources
    .filter(({ path }) => !adapters.test(path))
    .flatMap(({ text }) => [...text.matchAll(/^export (?:abstract )?class (\w+)/gm)].map(([, name]) => name!))
  expect(classes.length).toBeGreaterThan(25)
  expect(classes.filter((name) => !glossary.includes(`\`${name}\``))).toEqual([])
})

test('each file and folder that docs/architecture.md names is there', () => {
  const paths = globSync('{src,test}/**/*').map((path) => path.replaceAll('\\', '/'))
  const named = [...document.matchAll(/`([a-z][\w-]*(?:\/[\w.-]+)+\.ts)`/g)].map(([, path]) => path!)
  expect(named.length).toBeGreaterThan(25)
  expect(named.filter((path) => !paths.some((one) => `/${one}`.endsWith(`/${path}`)))).toEqual([])
})

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root, runChild, startChild } from '../support/child.ts'
import { temporaryFolder } from '../support/command.ts'
import { openaiServer, says } from '../support/openai-server.ts'
import type { Reply } from '../support/scripted-server.ts'
import { runnableSnippets, type Snippet } from './snippet.ts'

const runnable = runnableSnippets()
const written = (language: string) => runnable.filter((snippet) => snippet.language === language)

/** Inside the checkout, so that `troupe` is found as in a program that has installed it. */
let folder: string
const fileOf = ({ at, language }: Snippet) => join(folder, `${at.replaceAll(/\W/g, '-')}.${language}`)
beforeAll(() => {
  mkdirSync(join(root, 'test-results'), { recursive: true })
  folder = mkdtempSync(join(root, 'test-results/snippets-'))
  for (const snippet of [...written('ts'), ...written('tsx')]) writeFileSync(fileOf(snippet), snippet.text)
  const compilerOptions = { jsx: 'react-jsx', lib: ['es2024', 'esnext.disposable', 'dom', 'dom.iterable'] }
  const config = { extends: '../../tsconfig.json', compilerOptions, include: ['*'], exclude: [] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const refund = { name: 'refund', arguments: '{"orderId":"7","cents":2500}' }
const asksForRefund = {
  role: 'assistant',
  content: null,
  tool_calls: [{ id: 'c1', type: 'function', function: refund }]
}

/** What the model says to the programs of the documents, by a word of theirs, and what they print then. */
const scripts: Record<string, { script: Reply[]; prints: string }> = {
  'A lighthouse keeper.': {
    script: [says('He counts ships.'), says('How many?'), says('He counts twelve ships.'), says('DONE')],
    prints: [
      'user: A lighthouse keeper.',
      ...[
        'writer: He counts ships.',
        'critic: How many?',
        'writer: He counts twelve ships.',
        'critic: DONE\n'
      ]
    ].join('\n')
  },
  'Refund order 7': {
    script: [says(asksForRefund, 'tool_calls')],
    prints: `refund ${refund.arguments}?\npaid 2500 back for 7\n`
  }
}

test('snippets in TypeScript have the types that the library has', async () => {
  const { stdout } = await runChild(join(root, 'node_modules/.bin/tsc'), ['-p', folder])
  expect(stdout).toBe('')
})

test.each(written('ts'))('the program at $at does what it says', async (snippet) => {
  const [, { script, prints }] = Object.entries(scripts).find(([word]) => snippet.text.includes(word))!
  await using model = await openaiServer(...script)
  const environment = ['OPENAI_API_KEY=none', `OPENAI_BASE_URL=${model.url}`]
  const ran = await runChild('/usr/bin/env', [...environment, process.execPath, fileOf(snippet)])
  expect(ran).toEqual({ code: 0, stdout: prints, stderr: '' })
  expect(model.asked).toHaveLength(script.length)
})

test.each(written('console'))('the command at $at prints what is shown', async ({ text }) => {
  const [, command, shown] = /^\$ (.*)\n([\s\S]*)$/.exec(text)!
  const { stdout } = await runChild('/bin/sh', ['-c', command!])
  const [begin, end] = shown!.split('…\n')
  expect(stdout.startsWith(begin!)).toBe(true)
  expect(stdout.endsWith(end!)).toBe(true)
})

// This checkout is what `npm ci` makes; it is not to be made anew below the tests that use it.
test.each(written('sh'))(
  'the commands at $at start a server, which ends with the command',
  async ({ text }) => {
    const commands = text.trimEnd().split('\n')
    const [install, start, ...more] = commands.map((line) => line.replace(/\s+#.*/, ''))
    expect([install, more]).toEqual(['npm ci', []])
    const settings = ['TROUPE_PORT=0', `TROUPE_DATA_DIR=${temporaryFolder()}`]
    const listens = /^troupe listening on (http:\/\/127\.0\.0\.1:\d+)$/
    await using server = await startChild('/usr/bin/env', [...settings, ...start!.split(' ')], listens)
    const url = server.ready[1]!
    expect(await (await fetch(url)).text()).toContain('<title>')
    await server.end('SIGTERM')
    const isGone = () =>
      fetch(url).then(
        () => false,
        () => true
      )
    await expect.poll(isGone, { timeout: 20_000 }).toBe(true)
  }
)

import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { root, startChild } from '../support/child.ts'
import { temporary } from '../support/run-server.ts'

/** Writes to stderr what a process loads: packages by name, modules of Node as they are called. */
const watch = `
  import { registerHooks } from 'node:module'
  import { writeSync } from 'node:fs'
  const seen = new Set()
  registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context)
      const name = /^node:.+|(?<=.*\\/node_modules\\/)(?:@[^/]+\\/)?[^/]+/.exec(found.url)?.[0]
      if (name && !seen.has(name)) writeSync(2, 'loads ' + name + '\\n')
      seen.add(name)
      return found
    }
  })`

async function folder(): Promise<string> {
  const { folder, remove } = await temporary()
  onTestFinished(remove)
  return folder
}

test('a server loads nothing that its start does not need', async () => {
  const hook = `data:text/javascript,${encodeURIComponent(watch)}`
  const args = ['--import', hook, join(root, 'src/cli.ts'), 'serve', '--port', '0', '--data-dir']
  await using child = await startChild(process.execPath, [...args, await folder()], /^troupe listening/)
  const loaded = [...child.errors().matchAll(/^loads (.+)$/gm)].map(([, name]) => name!)
  expect(loaded.filter((name) => !name.startsWith('node:')).sort()).toEqual([
    '@mikro-orm/core',
    '@mikro-orm/migrations',
    '@mikro-orm/sql',
    '@mikro-orm/sqlite',
    'better-sqlite3',
    'commander',
    'kysely',
    'uWebSockets.js',
    'xstate',
    'zod'
  ])
  // Its import alone takes as long as all of our machines.
  expect(loaded).not.toContain('node:http')
})

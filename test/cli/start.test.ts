import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { root, runChild, startChild } from '../support/child.ts'
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
  const args = [
    '--import',
    hook,
    join(root, 'src/cli.ts'),
    'serve',
    '--port',
    '0',
    '--log-level',
    'warn',
    '--data-dir'
  ]
  await using child = await startChild(process.execPath, [...args, await folder()], /^troupe listening/)
  const loaded = [...child.errors().matchAll(/^loads (.+)$/gm)].map(([, name]) => name!)
  expect(loaded.filter((name) => !name.startsWith('node:')).sort()).toEqual([
    '@mikro-orm/core',
    '@mikro-orm/migrations',
    '@mikro-orm/sql',
    '@mikro-orm/sqlite',
    'better-sqlite3',
    'commander',
    'eventsource-parser',
    'kysely',
    're2js',
    'uWebSockets.js',
    'xstate',
    'zod'
  ])
  // Its import alone takes as long as all of our machines.
  expect(loaded).not.toContain('node:http')
})

describe('bin/troupe', () => {
  /** Runs it where the only Node is one that says to be of a version. */
  async function withNode(version: string) {
    const at = await folder()
    for (const name of ['bin', 'path']) mkdirSync(join(at, name))
    copyFileSync(join(root, 'bin/troupe'), join(at, 'bin/troupe'))
    writeFileSync(join(at, 'path/node'), `#!/bin/sh\n[ "$1" = --version ] && echo ${version} || echo "$@"\n`)
    chmodSync(join(at, 'path/node'), 0o755)
    return runChild('/usr/bin/env', [`PATH=${join(at, 'path')}:/usr/bin:/bin`, join(at, 'bin/troupe'), 'run'])
  }
  test.each(['v22.18.0', 'v22.23.3', 'v24.11.0', 'v26.1.0'])('becomes Node %s', async (version) => {
    const { code, stdout } = await withNode(version)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^--max-semi-space-size=32 \S+\/src\/cli\.ts run\n$/)
  })
  test.each(['v18.20.4', 'v20.20.2', 'v22.9.0', 'v22.17.1'])('refuses Node %s', async (version) => {
    const { code, stderr } = await withNode(version)
    expect(code).toBe(1)
    expect(stderr).toContain('troupe needs Node 22, 22.18 or newer')
  })
})

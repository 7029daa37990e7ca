import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { root } from '../support/child.ts'

test('a command whose reader has read enough ends without a word', async () => {
  const child = spawn('bin/troupe', ['schema'], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  // The pipe is closed before anything can be written into it.
  child.stdout.destroy()
  const [errors, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  expect(errors).toBe('')
  expect(code).toBe(0)
})

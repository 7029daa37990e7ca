import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { temporary } from '../support/run-server.ts'

const program = fileURLToPath(new URL('./desk-process.ts', import.meta.url))

test('a question of a process that was killed is answered in another one, which ends by itself', async () => {
  const { folder, remove } = await temporary()
  onTestFinished(remove)
  const first = spawn(process.execPath, [program, folder, 'start'], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void first.kill('SIGKILL'))
  const [said] = await once(first.stdout, 'data')
  expect(String(said)).toBe('asked\n')
  first.kill('SIGKILL')
  await once(first, 'exit')
  const { stdout } = await promisify(execFile)(process.execPath, [program, folder, 'approve'])
  expect(JSON.parse(stdout)).toEqual({ output: 'Refunded.', status: 'done', paid: 1 })
}, 60_000)

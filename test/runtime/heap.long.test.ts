import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root, runChild } from '../support/child.ts'

test('ten thousand runs leave no more in memory than a thousand [EVICT-3]', {
  timeout: 120_000
}, async () => {
  const node = join(root, 'node_modules/.bin/node')
  const { stdout, code, stderr } = await runChild(node, ['--expose-gc', join(root, 'bench/heap.ts'), '10000'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(JSON.parse(stdout).growth_percent).toBeLessThan(5)
})

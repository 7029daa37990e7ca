import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { expect, test } from 'vitest'
import { root } from '../support/child.ts'
import { temporaryFolder } from '../support/command.ts'

test('a page that connects and shows texts loads less than 20 KB of the client, and nothing of Node', async () => {
  const folder = temporaryFolder()
  const entry = join(folder, 'page.ts')
  writeFileSync(
    entry,
    `import { connect, textOf } from '${join(root, 'src/client/index.ts')}'\nObject.assign(globalThis, { connect, textOf })\n`
  )
  const warnings: string[] = []
  const built = await build({
    root: folder,
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      minify: true,
      rollupOptions: {
        input: entry,
        onwarn: (warning) => void warnings.push(warning.message)
      }
    }
  })
  const chunks = [built].flat().flatMap((bundle) => ('output' in bundle ? bundle.output : []))
  const code = chunks.map((chunk) => ('code' in chunk ? chunk.code : '')).join('\n')
  const size = gzipSync(code).length
  console.log(`client in a page: ${(size / 1024).toFixed(1)} KB minified and gzipped`)
  expect(code.length).toBeGreaterThan(1000)
  expect(size).toBeLessThan(20 * 1024)
  expect(code).not.toMatch(/node:|require\(/)
  expect(warnings).toEqual([])
})

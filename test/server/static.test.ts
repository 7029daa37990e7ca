import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { HttpHandler } from '../../src/server/http/http.ts'
import { staticFiles } from '../../src/server/http/static.ts'
import { ask, headers } from './support.ts'

let folder: string
let handle: HttpHandler

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'troupe-static-'))
  const files = {
    'ui/index.html': 'home',
    'ui/404.html': 'lost',
    'ui/app.js': 'js',
    'ui/ä b.svg': 'svg',
    'ui/build/index.html': 'build',
    'ui/empty/x.txt': 'x',
    'ui/.env': 'secret',
    'console/index.html': 'console',
    'secret.txt': 'secret'
  }
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  handle = staticFiles([
    { at: '/console/', folder: join(folder, 'console') },
    { at: '/', folder: join(folder, 'ui') }
  ])
})
afterAll(() => rm(folder, { recursive: true }))

const get = async (path: string, more: Record<string, string> = {}) => {
  const { status, headers: fields = {}, bytes } = await handle(ask('GET', path, { headers: headers(more) }))
  const text = bytes === undefined ? undefined : Buffer.from(bytes).toString()
  return { status, text, type: fields['content-type'], location: fields.location, etag: fields.etag }
}

test.each([
  ['/', 'home', 'text/html; charset=utf-8'],
  ['/app.js', 'js', 'text/javascript; charset=utf-8'],
  ['/%C3%A4%20b.svg', 'svg', 'image/svg+xml'],
  ['/build/', 'build', 'text/html; charset=utf-8'],
  ['/console/', 'console', 'text/html; charset=utf-8']
])('the path %s is a file, with its type', async (path, text, type) =>
  expect(await get(path)).toMatchObject({ status: 200, text, type })
)

test.each([
  ['/build', '/build/'],
  ['/build?a=1', '/build/?a=1'],
  ['/console', '/console/']
])('%s leads to %s', async (from, location) =>
  expect(await get(from)).toMatchObject({ status: 307, location })
)

test.each([
  '/nope',
  '/empty/',
  '/.env',
  '/../secret.txt',
  '/..%2fsecret.txt',
  '/%2e%2e/secret.txt',
  '/build/..%5c..%5csecret.txt',
  '/app.js%00.html',
  '/%zz',
  '//build',
  '/app.js/'
])('the path %s is not found, with the page for that', async (path) =>
  expect(await get(path)).toMatchObject({ status: 404, text: 'lost' })
)

test('a path that is not found without a page for that is JSON', async () =>
  expect(await handle(ask('GET', '/console/nope'))).toEqual({ status: 404, body: { detail: 'Not Found' } }))

test('a file that the browser has is not sent again', async () => {
  const { etag } = await get('/app.js')
  expect(await get('/app.js', { 'if-none-match': etag! })).toMatchObject({ status: 304, text: undefined })
})

test('static pages are only read', async () =>
  expect(await handle(ask('POST', '/app.js'))).toMatchObject({
    status: 405,
    headers: { allow: 'GET, HEAD' }
  }))

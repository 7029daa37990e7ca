import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { HttpHandler, HttpRequest, HttpResponse } from './http.ts'
import { decode } from './path-pattern.ts'

/** A folder of pages and the path it stands at, which begins and ends in a slash. */
export interface Mount {
  at: string
  folder: string
  /** What a browser may do with its pages, where that is not the usual. */
  policy?: string
}

/** Serves folders of static pages; of several that fit a path the first one counts. */
export const staticFiles =
  (mounts: readonly Mount[]): HttpHandler =>
  async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return { status: 405, headers: { allow: 'GET, HEAD' }, body: { detail: 'Method Not Allowed' } }
    const mount = mounts.find(({ at }) => request.path.startsWith(at) || `${request.path}/` === at)
    if (mount === undefined) return notFound
    if (!request.path.startsWith(mount.at)) return toFolder(request)
    return (await page(mount, request)) ?? (await lost(mount))
  }

async function page({ at, folder, policy }: Mount, request: HttpRequest): Promise<HttpResponse | undefined> {
  const segments = request.path.slice(at.length).split('/').map(decode)
  const last = segments.pop()!
  if (!segments.every(isPlain) || !(last === '' || isPlain(last))) return undefined
  const path = join(folder, ...segments, last)
  const found = last === '' ? undefined : await stat(path).catch(() => undefined)
  if (last === '') return file(join(path, 'index.html'), request, policy)
  return found?.isDirectory() ? toFolder(request) : file(path, request, policy)
}

// No way up, no hidden files, nothing that a file system would read as more than one name.
const isPlain = (segment: string): boolean =>
  segment !== '' && (!segment.startsWith('.') || segment === '.well-known') && !/[/\\\0]/.test(segment)

async function file(
  path: string,
  { headers }: HttpRequest,
  policy?: string
): Promise<HttpResponse | undefined> {
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile()) return undefined
  const etag = `W/"${found.size.toString(36)}-${Math.trunc(found.mtimeMs).toString(36)}"`
  const caching = { etag, 'cache-control': 'no-cache' }
  if (headers.get('if-none-match') === etag) return { status: 304, headers: caching }
  return {
    status: 200,
    headers: {
      'content-type': contentType(path),
      ...caching,
      ...(policy !== undefined && { 'content-security-policy': policy })
    },
    bytes: await readFile(path)
  }
}

/** Pages link relative to their folder, so it must end in a slash. */
const toFolder = ({ path, search }: HttpRequest): HttpResponse => ({
  status: 307,
  headers: { location: search === '' ? `${path}/` : `${path}/?${search}` }
})

async function lost({ folder }: Mount): Promise<HttpResponse> {
  const bytes = await readFile(join(folder, '404.html')).catch(() => undefined)
  return bytes === undefined
    ? notFound
    : { status: 404, headers: { 'content-type': contentType('404.html') }, bytes }
}

const notFound: HttpResponse = { status: 404, body: { detail: 'Not Found' } }

const contentType = (path: string): string => types[extname(path).toLowerCase()] ?? 'application/octet-stream'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.xml': 'application/xml',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.ico': 'image/x-icon',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm'
}

/**
 * For a page of ours: it takes everything from here, whatever an agent names in what it says, and no other page may show
 * it within itself. `html`: the page, whose own scripts are let through by what they are.
 */
export const ownPage = (html: string): string =>
  [
    "default-src 'self'",
    ["script-src 'self'", ...scriptsIn(html).map((script) => `'sha256-${hash(script)}'`)].join(' '),
    "img-src 'self' data: blob:",
    "media-src 'self' data: blob:",
    "style-src 'self' 'unsafe-inline'",
    "font-src 'self' data:",
    "worker-src 'self' blob:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'"
  ].join('; ')

const scriptsIn = (html: string): string[] =>
  html
    .split('<script>')
    .slice(1)
    .map((rest) => rest.split('</script>', 1)[0]!)

const hash = (text: string): string => createHash('sha256').update(text).digest('base64')

/** For a page of the operator's, which may take what it needs from elsewhere. */
const otherPage = "object-src 'none'; frame-ancestors 'self'"

/** For what is no page: nothing in it is to be carried out, wherever it is opened. */
const noPage = "default-src 'none'; frame-ancestors 'none'"

/** What a browser may do with an answer that says nothing of it itself. */
export const policyOf = (headers: Readonly<Record<string, string>>): string =>
  headers['content-type']?.startsWith('text/html') ? otherPage : noPage

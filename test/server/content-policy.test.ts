import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ownPage, staticFiles } from '../../src/server/http/static.ts'
import { start } from './support.ts'

const html = '<!doctype html><script>let a = 1</script><script src="a.js"></script><p>Hello'

describe('what a browser may do with an answer', () => {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-pages-'))
  writeFileSync(join(folder, 'index.html'), html)
  const mounts = [
    { at: '/console/', folder, policy: ownPage(html) },
    { at: '/', folder }
  ]
  const headersOf = async (path: string) => {
    const { url } = await start({ staticFiles: staticFiles(mounts) })
    return (await fetch(`${url}${path}`)).headers
  }

  test('a page of ours loads nothing from elsewhere and is shown in no other page', async () => {
    const headers = await headersOf('/console/')
    const policy = headers.get('content-security-policy')!
    expect(policy).toContain("default-src 'self'")
    expect(policy).toContain("img-src 'self' data: blob:")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/script-src[^;]*unsafe|https?:|\*/)
    expect([headers.get('x-content-type-options'), headers.get('referrer-policy')]).toEqual([
      'nosniff',
      'no-referrer'
    ])
  })

  test('its own inline scripts are let through by their hash, and no others', () => {
    expect(ownPage(html).match(/'sha256-[^']+'/g)).toHaveLength(1)
    expect(ownPage('<p>')).not.toContain('sha256')
  })

  test.each(['/', '/console/'])(
    '%s that a browser has kept goes on under the policy it came with',
    async (path) => {
      const { url } = await start({ staticFiles: staticFiles(mounts) })
      const etag = (await fetch(`${url}${path}`)).headers.get('etag')!
      const again = await fetch(`${url}${path}`, { headers: { 'if-none-match': etag } })
      expect(again.status).toBe(304)
      expect(again.headers.get('content-security-policy')).toBe(null)
    }
  )

  test.each(['/', '/api/health', '/nothing'])(
    '%s has a policy, no sniffing and no referrer',
    async (path) => {
      const headers = await headersOf(path)
      expect(headers.get('content-security-policy')).toMatch(/frame-ancestors '(none|self)'/)
      expect([headers.get('x-content-type-options'), headers.get('referrer-policy')]).toEqual([
        'nosniff',
        'no-referrer'
      ])
    }
  )
})

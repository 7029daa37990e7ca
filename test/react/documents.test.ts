import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Window } from 'happy-dom'
import { createElement, type FunctionComponent } from 'react'
import { createRoot } from 'react-dom/client'
import { expect, onTestFinished, test } from 'vitest'
import { runnableSnippets, type Snippet } from '../documents/snippet.ts'
import { root } from '../support/child.ts'
import { rest, serveHere } from '../support/run-server.ts'

/** The component that a snippet exports. */
async function componentOf({ text }: Snippet): Promise<FunctionComponent> {
  // Inside the checkout, so that `troupe` is found as in a program that has installed it.
  mkdirSync(join(root, 'test-results'), { recursive: true })
  const folder = mkdtempSync(join(root, 'test-results/page-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: { jsx: 'react-jsx' } }))
  writeFileSync(join(folder, 'page.tsx'), text)
  const module: Record<string, FunctionComponent> = await import(join(folder, 'page.tsx'))
  return Object.values(module)[0]!
}

const pages = runnableSnippets().filter(({ language }) => language === 'tsx')

test.each(pages)('the page at $at shows a run of the demo team', async (snippet) => {
  const server = await serveHere()
  onTestFinished(() => server.close())
  await rest(server.url, '/teams/?user_id=guestuser@gmail.com') // As the console does when it is opened.
  const window = new Window({ url: server.url })
  const { document, location } = window
  Object.assign(globalThis, { window, document, location })
  const shown = createRoot(document.body as unknown as Element)
  onTestFinished(() => {
    shown.unmount()
    return window.happyDOM.close()
  })
  shown.render(createElement(await componentOf(snippet)))
  await expect.poll(() => document.querySelector('button')).not.toBeNull()
  document.querySelector('button')!.click()
  const lines = () => [...document.querySelectorAll('p')].map(({ textContent }) => textContent)
  const soon = { timeout: 30_000 }
  await expect.poll(lines, soon).toContain('user A lighthouse.')
  await expect.poll(lines, soon).toContainEqual(expect.stringMatching(/^writer A lighthouse keeper/))
})

import { readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Server } from '../../src/server/app.ts'
import { hasBrowser, openBrowser, openTab } from '../support/browser.ts'
import { serveHere } from '../support/run-server.ts'
import { showTeam } from '../support/show-team.ts'
import { findings } from './axe.ts'
import { startRun, tideServer } from './lively.ts'

/** How many times Tab is pressed until everything that can be reached has been, at most. */
const ENOUGH = 90

const nameOfFocused = `{
  const { activeElement: element } = document
  element.getAttribute('aria-label') || element.labels?.[0]?.textContent || element.textContent
}`

/** Everything that the keyboard reaches, by its name. */
async function reachedByTab(page: Page): Promise<string[]> {
  const reached = new Set<string>()
  for (let at = 0; at < ENOUGH; at++) {
    await page.keyboard.press('Tab')
    reached.add((await page.evaluate(nameOfFocused)) as string)
  }
  return [...reached]
}

describe.skipIf(!hasBrowser)('the craft of the console', { timeout: 60_000 }, () => {
  let server: Server
  let browser: Browser
  let run: number
  let leave = () => {}
  beforeAll(async () => {
    server = await serveHere()
    browser = await openBrowser()
    const tides = await tideServer()
    const show = await startRun(server.url, showTeam(tides.port, 60), 'What did the lighthouse keeper see?')
    await show.client.next('input_request')
    run = show.run
    leave = () => {
      show.client.leave()
      tides.close()
    }
  }, 60_000)
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close()
  })
  afterAll(async () => {
    leave()
    await browser?.close()
    await server?.close()
  })
  const asked = (page: Page) => page.getByRole('textbox', { name: /editor asks/ }).waitFor()

  test('a page of a run is fit to be used by everybody', async () => {
    const { page, problems } = await openTab(browser, `${server.url}/#/runs/${run}`)
    await asked(page)
    await page.getByRole('button', { name: /^researcher\b/ }).waitFor()
    expect(await findings(page)).toEqual([])
    expect(problems).toEqual([])
  })

  test('a page of a run loads less than 450 KB of compressed script, and no editor', async () => {
    const { page } = await openTab(browser, `${server.url}/`)
    const scripts: string[] = []
    page.on('response', (answer) => {
      if (answer.url().endsWith('.js')) scripts.push(answer.url())
    })
    await page.goto(`${server.url}/?again#/runs/${run}`)
    await asked(page)
    for (const tab of ['Timeline', 'Chart', 'Log', 'Team']) await page.getByRole('tab', { name: tab }).click()
    await page.getByRole('button', { name: /^researcher\b/ }).click()
    await page.getByRole('tab', { name: 'Calls' }).click()
    const names = new Set(scripts.map((url) => url.split('/').at(-1)!))
    const files = await Promise.all([...names].map((name) => readFile(`dist/console/assets/${name}`)))
    const size = files.reduce((sum, bytes) => sum + gzipSync(bytes).length, 0)
    console.log(`script of a run's page, all pictures opened: ${(size / 1000).toFixed(0)} KB compressed`)
    expect(size).toBeGreaterThan(0)
    expect(size).toBeLessThan(450_000)
    expect([...names].some((name) => name.includes('editor'))).toBe(false)
  })

  test('everything in a page of a run is reached by keyboard alone', async () => {
    const { page } = await openTab(browser, `${server.url}/#/runs/${run}`)
    // With nothing to send there is nothing to press.
    await page.getByRole('textbox', { name: /editor asks/ }).fill('Not yet.')
    await page.getByRole('link', { name: 'Troupe' }).focus()
    const reached = await reachedByTab(page)
    for (const name of [
      'Pause',
      'Stop',
      'Answer',
      'Transcript',
      'Moment',
      'Play the moments',
      'Find a command'
    ])
      expect(reached).toContain(name)
    expect(reached.some((name) => name.includes('researcher, '))).toBe(true)
    expect(reached.some((name) => name.includes('editor asks'))).toBe(true)
  })

  test('fonts come from the server itself, and nothing comes from elsewhere', async () => {
    const { page } = await openTab(browser, `${server.url}/`)
    const urls: string[] = []
    page.on('request', (request) => urls.push(request.url()))
    await page.goto(`${server.url}/?again#/runs/${run}`)
    await asked(page)
    expect(
      await page.evaluate('document.fonts.ready.then((fonts) => fonts.check("14px Inter Variable"))')
    ).toBe(true)
    expect(urls.some((url) => url.endsWith('.woff2'))).toBe(true)
    for (const url of urls) expect(new URL(url).host).toBe(new URL(server.url).host)
  })
})

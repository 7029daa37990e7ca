import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { gzipSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Server } from '../../src/server/app.ts'
import { hasBrowser, openBrowser, openTab, type Width, widths } from '../support/browser.ts'
import { serveHere } from '../support/run-server.ts'
import { showTeam } from '../support/show-team.ts'
import { asker, talkers } from '../support/some-teams.ts'
import { longRun, startRun, tideServer } from './lively.ts'

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

interface Finding {
  id: string
  impact: string
  nodes: { html: string; failureSummary: string }[]
}

/** What an accessibility check finds that is serious. */
async function serious(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: axe })
  const { violations } = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as {
    violations: Finding[]
  }
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`
    )
}

const schemes = ['light', 'dark'] as const
const sizes = Object.keys(widths).map(Number) as Width[]
const everywhere = sizes.flatMap((width) => schemes.map((scheme) => [width, scheme] as const))

describe.skipIf(!hasBrowser)('the craft of the console', { timeout: 60_000 }, () => {
  let server: Server
  let browser: Browser
  let shown: number
  let leave = () => {}
  beforeAll(async () => {
    server = await serveHere()
    browser = await openBrowser()
    const tides = await tideServer()
    const before = await startRun(server.url, talkers(3), 'Say three things.')
    await before.client.next('result')
    const waits = await startRun(server.url, asker(), 'Write a line, and have it read.')
    await waits.client.next('input_request')
    const show = await startRun(server.url, showTeam(tides.port, 60), 'What did the lighthouse keeper see?')
    await show.client.next('input_request')
    shown = show.run
    leave = () => {
      for (const { client } of [waits, show]) client.leave()
      tides.close()
    }
  }, 60_000)
  afterAll(async () => {
    leave()
    await browser?.close()
    await server?.close()
  })

  test.each(everywhere)('is fit to be seen at %i pixels, %s, by everybody', async (width, scheme) => {
    const list = await openTab(browser, `${server.url}/`, width, scheme)
    await list.page.getByRole('link', { name: /^Run / }).first().waitFor()
    await list.picture('list')
    expect(await serious(list.page)).toEqual([])
    await list.page.getByRole('button', { name: 'Start a run' }).click()
    await list.page.getByRole('dialog').getByLabel('Task').waitFor()
    await list.picture('start')
    expect(await serious(list.page)).toEqual([])
    const run = await openTab(browser, `${server.url}/#/runs/${shown}`, width, scheme)
    await run.page.getByRole('textbox', { name: /editor asks/ }).waitFor()
    await run.page.getByRole('slider', { name: 'Transition' }).waitFor()
    await run.page.waitForTimeout(300)
    await run.picture('run')
    expect(await serious(run.page)).toEqual([])
    for (const view of width < 980 ? ['Team', 'Charts', 'Log'] : []) {
      await run.page.getByRole('radio', { name: view }).click()
      await run.page.waitForTimeout(100)
      await run.picture(`run-${view.toLowerCase()}`)
      expect(await serious(run.page)).toEqual([])
    }
    expect([...list.problems, ...run.problems]).toEqual([])
    await list.context.close()
    await run.context.close()
  })

  test('loads less than 400 KB of compressed script for a run, and the editor only when it is opened', async () => {
    const { page, context } = await openTab(browser, `${server.url}/`)
    const scripts: string[] = []
    page.on('response', (answer) => {
      if (answer.url().endsWith('.js')) scripts.push(answer.url())
    })
    await page.goto(`${server.url}/?again#/runs/${shown}`)
    await page.getByRole('textbox', { name: /editor asks/ }).waitFor()
    const files = await Promise.all(
      scripts.map((url) => readFile(`dist/console/assets/${url.split('/').at(-1)}`))
    )
    const size = files.reduce((sum, bytes) => sum + gzipSync(bytes).length, 0)
    console.log(`script of a run's page: ${(size / 1000).toFixed(0)} KB compressed`)
    expect(size).toBeGreaterThan(0)
    expect(size).toBeLessThan(400_000)
    expect(scripts.some((url) => url.includes('editor'))).toBe(false)
    await context.close()
  })

  test('paints within a second', async () => {
    const { page, context } = await openTab(browser, `${server.url}/#/runs/${shown}`)
    await page.getByRole('textbox', { name: /editor asks/ }).waitFor()
    const paint = (await page.evaluate(
      `performance.getEntriesByName('first-contentful-paint')[0].startTime`
    )) as number
    console.log(`first contentful paint: ${paint.toFixed(0)} ms`)
    expect(paint).toBeLessThan(1000)
    await context.close()
  })

  test('is steered by keyboard alone', async () => {
    const { page, context } = await openTab(browser, `${server.url}/#/runs/${shown}`)
    const answer = page.getByRole('textbox', { name: /editor asks/ })
    await answer.waitFor()
    await page.getByRole('link', { name: 'Troupe' }).focus()
    const reached = new Set<string>()
    for (let at = 0; at < 60; at++) {
      await page.keyboard.press('Tab')
      reached.add(
        (await page.evaluate(
          `document.activeElement.getAttribute('aria-label') || document.activeElement.textContent`
        )) as string
      )
    }
    for (const name of [
      'Pause',
      'Stop',
      'Fork',
      'Save state',
      'Answer',
      'Transcript',
      'Play the transitions'
    ])
      expect([...reached]).toContain(name)
    await context.close()
  })

  test('scrolls through 5,000 messages with few elements', async () => {
    const run = await longRun(server, 5000)
    const { page, context, problems } = await openTab(browser, `${server.url}/#/runs/${run}`)
    const transcript = page.getByRole('log', { name: 'Transcript' })
    await transcript.getByText('Complete').waitFor({ timeout: 40_000 })
    expect(await transcript.locator('.row').count()).toBeLessThan(80)
    await transcript.evaluate((element) => {
      element.scrollTop = element.scrollHeight / 2
    })
    await transcript
      .getByText(/^answer 2\d\d\d$/)
      .first()
      .waitFor()
    await page.getByRole('button', { name: 'Jump to the latest' }).click()
    await transcript.getByText('Complete').waitFor()
    expect(problems).toEqual([])
    await context.close()
  })
})

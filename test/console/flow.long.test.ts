import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Server } from '../../src/server/app.ts'
import { hasBrowser, openBrowser, openTab, type Width } from '../support/browser.ts'
import { serveHere } from '../support/run-server.ts'
import { kinds, namesakes } from './kinds-of-team.ts'
import { startRun } from './lively.ts'

describe.skipIf(!hasBrowser)('the arrows of a team', { timeout: 60_000 }, () => {
  let server: Server
  let browser: Browser
  beforeAll(async () => {
    server = await serveHere()
    browser = await openBrowser()
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  test.each<[Width, 'light' | 'dark']>([
    [1440, 'light'],
    [1024, 'dark'],
    [768, 'light'],
    [390, 'dark']
  ])('show at %s pixels, %s, which ways were taken at each level of nested teams', async (width, scheme) => {
    const { run, client } = await startRun(server.url, namesakes)
    await client.next('result')
    const { page, problems, picture, context } = await openTab(
      browser,
      `${server.url}/#/runs/${run}`,
      width,
      scheme
    )
    const tab = page.getByRole('tab', { name: 'Team' })
    await tab.click()
    const way = (from: string, to: string) =>
      page.locator(`[data-way="${run}/team/${from}→${run}/team/${to}"][data-state="taken"]`)
    await way('writer', 'review').waitFor({ state: 'attached' })
    await way('review', 'writer').waitFor({ state: 'attached' })
    await way('review/team/critic', 'review/team/writer').waitFor({ state: 'attached' })
    // The second writer has given the word to no other member of its own team.
    expect(await way('review/team/writer', 'review/team/critic').count()).toBe(0)
    await picture('namesakes')
    expect(problems).toEqual([])
    await context.close()
  })

  test('leave none grey in three levels of teams whose members have all spoken after each other', async () => {
    const kind = kinds(1).find(({ name }) => name === 'nested-3')!
    const { run, client } = await startRun(server.url, kind.team, kind.task)
    await client.next('result')
    const { page, problems, picture } = await openTab(browser, `${server.url}/#/runs/${run}`)
    await page.locator('[data-way][data-state="taken"]').first().waitFor({ state: 'attached' })
    const grey = await page
      .locator('[data-way]:not([data-state])')
      .evaluateAll((arrows) => arrows.map((arrow) => arrow.getAttribute('data-way')))
    await picture('nested-arrows')
    expect(grey).toEqual([])
    expect(problems).toEqual([])
  })
})

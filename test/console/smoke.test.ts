import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Server } from '../../src/server/app.ts'
import { hasBrowser, openBrowser, openTab } from '../support/browser.ts'
import { serveHere } from '../support/run-server.ts'
import { talkers } from '../support/some-teams.ts'
import { startRun } from './lively.ts'

describe.skipIf(!hasBrowser)('the console', { timeout: 60_000 }, () => {
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

  test('lists a run, shows what was said in it, and who said it', async () => {
    const { run, client } = await startRun(server.url, talkers(2), 'Say two things.')
    await client.next('result')
    const { page, problems } = await openTab(browser, server.url)
    await page.getByRole('link', { name: 'Say two things.' }).first().click({ timeout: 30_000 })
    const transcript = page.getByRole('log', { name: 'Transcript' })
    await transcript.getByText('answer 2').waitFor()
    await page.getByRole('button', { name: /^talker\b/ }).waitFor()
    expect(page.url()).toContain(`#/runs/${run}`)
    expect(problems).toEqual([])
  })
})

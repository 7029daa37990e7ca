import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Server } from '../../src/server/app.ts'
import { AuthConfig } from '../../src/server/auth/config.ts'
import { hasBrowser, openBrowser, openTab } from '../support/browser.ts'
import { loginProvider } from '../support/login-provider.ts'
import { freePort, serveHere } from '../support/run-server.ts'

// A server that asks who we are answers with 401: the browser itself tells its console of that.
const own = (problems: string[]) => problems.filter((text) => !text.includes('401'))

describe.skipIf(!hasBrowser)('a login in the console', { timeout: 40_000 }, () => {
  let provider: Awaited<ReturnType<typeof loginProvider>>
  let server: Server
  let browser: Browser
  beforeAll(async () => {
    provider = await loginProvider('Ann Example')
    const port = await freePort()
    const auth = AuthConfig.parse({
      type: 'github',
      jwt_secret: 'the secret of the test, of 32 bytes and more',
      github: provider.github(`http://127.0.0.1:${port}/api/auth/callback`)
    })
    server = await serveHere({ auth, port })
    browser = await openBrowser()
  }, 40_000)
  afterAll(async () => {
    await browser?.close()
    await server?.close()
    provider?.close()
  })

  test('goes over GitHub in a window of its own, is kept, and ends with a log out', async () => {
    const { page, problems, picture } = await openTab(browser, `${server.url}/`)
    const button = page.getByRole('button', { name: 'Log in with GitHub' })
    await button.waitFor()
    await picture('login')
    await button.click()
    await page.getByRole('heading', { name: 'Runs' }).waitFor()
    await page.getByRole('navigation').getByText('Ann Example').waitFor()
    await page.reload()
    await page.getByRole('navigation').getByText('Ann Example').waitFor()
    // With the login a run can be started and followed: frames and charts carry the token too.
    await page.getByRole('button', { name: 'Start a run' }).click()
    const dialog = page.getByRole('dialog', { name: 'Start a run' })
    await dialog.getByLabel('Task').fill('Write about a lighthouse.')
    await dialog.getByRole('button', { name: 'Start', exact: true }).click()
    await page.getByRole('log', { name: 'Transcript' }).getByText('Write about a lighthouse.').waitFor()
    await page.getByRole('region', { name: 'Team', exact: true }).getByRole('button').first().waitFor()
    await page.getByRole('button', { name: 'Log out' }).click()
    await button.waitFor()
    expect(await page.evaluate('localStorage.getItem("troupe.token")')).toBe(null)
    expect(own(problems)).toEqual([])
  })

  test('that is given up can be begun again', async () => {
    const { page, context } = await openTab(browser, `${server.url}/`)
    // A provider that never answers: the person closes the window.
    await context.route('**/authorize**', () => {})
    const popup = page.waitForEvent('popup')
    await page.getByRole('button', { name: 'Log in with GitHub' }).click()
    await page.getByRole('button', { name: 'Go on in the other window…' }).waitFor()
    await (await popup).close()
    await page.getByRole('button', { name: 'Log in with GitHub' }).waitFor()
    await context.close()
  })

  test('by a token that the server does not take says so', async () => {
    const { page, context } = await openTab(browser, `${server.url}/`)
    await page.getByLabel('Token').fill('made up')
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByRole('alert').getByText('does not take this token').waitFor()
    await context.close()
  })

  test('that is over asks for another one', async () => {
    const { page, context } = await openTab(browser, `${server.url}/`)
    await page.getByRole('button', { name: 'Log in with GitHub' }).click()
    await page.getByRole('heading', { name: 'Runs' }).waitFor()
    await page.evaluate('localStorage.setItem("troupe.token", "over")')
    // The list is read again by itself.
    await page.getByRole('heading', { name: 'Who are you?' }).waitFor()
    await context.close()
  })
})

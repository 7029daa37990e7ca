import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'

/** The folder of AutoGen Studio's built page, which cannot be part of this repository. */
export const studioUi = process.env.TROUPE_STUDIO_UI ?? ''

/** Whether there is such a page; without it the tests of it are skipped. */
export const hasStudioPage = studioUi !== '' && existsSync(join(studioUi, 'index.html'))

// What its page is built with does not fit what it becomes in a browser; that is no fault of a server.
const own = /Minified React error #(418|423|425)/

/** Everything that goes wrong in a tab, requests that are refused among it. */
export function problemsOf(page: Page): string[] {
  const problems: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' && !own.test(message.text())) problems.push(message.text())
  })
  page.on('pageerror', (error) => own.test(error.message) || problems.push(String(error)))
  page.on('response', (answer) => {
    if (answer.status() >= 400)
      problems.push(`${answer.status()} ${answer.request().method()} ${answer.url()}`)
  })
  return problems
}

/** A button that shows nothing but this drawing. */
export const button = (page: Page, drawing: string) =>
  page.locator(`button:has(svg.lucide-${drawing})`).first()

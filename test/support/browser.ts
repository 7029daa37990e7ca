import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { root } from './child.ts'

const executablePath = '/usr/bin/chromium'

/** Whether this machine has the browser; without it the console's tests are skipped. */
export const hasBrowser = existsSync(executablePath)

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync'
]

/** A browser of its own, with a new profile. */
export const openBrowser = (): Promise<Browser> => chromium.launch({ executablePath, args, headless: true })

/** How wide a page is that is looked at, in pixels; as high as such screens are. */
export const widths = { 1440: 900, 1024: 768, 768: 1024, 390: 844 } as const
export type Width = keyof typeof widths

/** A tab, and everything that went wrong in it. */
export interface Tab {
  page: Page
  context: BrowserContext
  problems: string[]
  /** Keeps a picture in `test-results/console`. */
  picture(name: string): Promise<void>
}

const folder = join(root, 'test-results/console')

/** Opens a page in a profile of its own. */
export async function openTab(
  browser: Browser,
  url: string,
  width: Width = 1440,
  scheme: 'light' | 'dark' = 'light'
) {
  const viewport = { width: Number(width), height: widths[width] }
  const context = await browser.newContext({ viewport, colorScheme: scheme, acceptDownloads: true })
  const page = await context.newPage()
  const problems: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text())
  })
  page.on('pageerror', (error) => problems.push(String(error)))
  await page.goto(url)
  mkdirSync(folder, { recursive: true })
  const picture = async (name: string) => {
    await page.screenshot({ path: join(folder, `${name}-${width}-${scheme}.png`) })
  }
  return { page, context, problems, picture } satisfies Tab
}

import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import type { BrowserContext, Download, Locator, Page } from 'playwright-core'
import { markdownOf } from '../../shared/markdown/markdown.ts'
import { writeOutput } from '../../tools/built-in/output.ts'
import { VIEWPORT } from './browsers.ts'

/** Something on a page that can be used. */
export interface Target {
  id: string
  role: string
  name: string
  scrolls: boolean
  box: { left: number; top: number; right: number; bottom: number }
  place: 'above' | 'visible' | 'below'
}

/** A page as it is described to the model. */
export interface Sight {
  /** Where the browser is, how far it is scrolled, and the text that is in view. */
  description: string
  targets: Target[]
  focus: Target | null
  /** Whether there is more of the page above and below. */
  more: { up: boolean; down: boolean }
}

interface PageTools {
  targets(): Target[]
  focused(): string | null
  viewport(): { height: number; pageTop: number; scrollHeight: number }
  visibleText(longest: number): string
  metadata(): Record<string, unknown>
  mark(targets: Target[]): void
  unmark(): void
  find(id: string): unknown
  scroll(id: string, direction: 'up' | 'down'): boolean
}
type PageWindow = { __troupe: PageTools }

const script = readFileSync(fileURLToPath(new URL('./page-script.js', import.meta.url)), 'utf8')
const ID = 'data-troupe-id'
/** Milliseconds that the browser may take for one thing, that an element may take to be there, and that a page may take to settle. */
const PATIENCE = 60_000
const PRESENT = 5000
const SETTLE = 3000
/** Characters of text in view, and of a whole page. */
const LONGEST_SIGHT = 20_000
const LONGEST_PAGE = 400_000
/** Bytes of a downloaded file. */
const LONGEST_FILE = 256 * 2 ** 20
/** The screenshot that a model is given is smaller: services scale larger ones down themselves. */
const SCALE = 0.85

/** Where downloaded files go; null where they are not kept. */
export type Downloads = string | null

/** The page that a web surfer has before it, and what it does there. */
export class SurferPage {
  readonly #context: BrowserContext
  readonly #downloads: Downloads
  #page: Page
  #download: Download | null = null

  private constructor(context: BrowserContext, page: Page, downloads: Downloads) {
    this.#context = context
    this.#downloads = downloads
    this.#page = page
  }

  /** Opens a page in a context and goes to an address. */
  static async open(context: BrowserContext, address: string, downloads: Downloads): Promise<SurferPage> {
    context.setDefaultTimeout(PATIENCE)
    await context.addInitScript(script)
    // Files of this machine are not for a model to look at.
    await context.route(/^(file|view-source|chrome|chrome-extension|devtools):/i, (route) =>
      route.abort('accessdenied')
    )
    const surfer = new SurferPage(context, await context.newPage(), downloads)
    surfer.#watch(surfer.#page)
    await surfer.visit(address)
    return surfer
  }

  /** Where it is. */
  get url(): string {
    return this.#page.url()
  }

  #watch(page: Page): void {
    page.on('download', (download) => {
      this.#download = download
    })
    // No person answers dialogs, and a page that waits for an answer does nothing.
    page.on('dialog', (dialog) => void dialog.dismiss().catch(() => {}))
  }

  /** Goes to an address; one that is a file is downloaded. */
  async visit(address: string): Promise<void> {
    if (!/^(https?:|about:|data:)/i.test(address)) throw new Error(`"${address}" is no address of the web.`)
    const coming = this.#page.waitForEvent('download', { timeout: PRESENT }).catch(() => null)
    try {
      await this.#page.goto(address)
    } catch (error) {
      // Chromium says so where the answer is a file, and Playwright where it begins to download it.
      const { message } = error as Error
      if (!/net::ERR_ABORTED|Download is starting/.test(message) || !(await coming))
        throw new Error(plain(message))
    }
  }

  async back(): Promise<void> {
    await this.#page.goBack()
  }

  async scroll(direction: 'up' | 'down'): Promise<void> {
    const by = (VIEWPORT.height - 50) * (direction === 'up' ? -1 : 1)
    await this.#page.evaluate(`window.scrollBy({ top: ${by}, behavior: 'instant' })`)
  }

  async scrollTarget(id: string, direction: 'up' | 'down'): Promise<void> {
    const there = await this.#run((tools, [id, direction]) => tools.scroll(id, direction), [
      id,
      direction
    ] as const)
    if (!there) throw new Error(`Nothing on the page has the number ${id}.`)
  }

  async click(id: string): Promise<void> {
    const target = await this.#target(id)
    const popup = this.#page.waitForEvent('popup', { timeout: 1000 }).catch(() => null)
    await target.click({ delay: 10, timeout: PRESENT }).catch(async (error) => {
      // What is covered by something else is clicked all the same, where it is.
      if (!/intercepts pointer events|Timeout/.test((error as Error).message)) throw error
      await target.click({ delay: 10, force: true, timeout: PRESENT })
    })
    const opened = await popup
    if (!opened) return
    this.#watch(opened)
    this.#page = opened
  }

  async hover(id: string): Promise<void> {
    await (await this.#target(id)).hover({ force: true, timeout: PRESENT })
  }

  async write(id: string, text: string): Promise<void> {
    const target = await this.#target(id)
    await target.fill(text).catch(async () => {
      await target.focus()
      await target.selectOption(text, { timeout: 1000 }).catch(() => target.pressSequentially(text))
    })
    await target.press('Enter')
  }

  /** Waits until the page has come to rest, or long enough; keeps what was downloaded. */
  async settle(signal: AbortSignal): Promise<void> {
    await this.#page.waitForLoadState('load', { timeout: PATIENCE }).catch(() => {})
    await this.#page.waitForLoadState('networkidle', { timeout: SETTLE }).catch(() => {})
    const download = this.#download
    this.#download = null
    if (download) await this.#keep(download)
    signal.throwIfAborted()
  }

  /** What is to be seen, with the targets numbered. */
  async look(): Promise<Sight> {
    const { targets, focused, view, text } = await this.#run(
      (tools, longest) => ({
        targets: tools.targets(),
        focused: tools.focused(),
        view: tools.viewport(),
        text: tools.visibleText(longest)
      }),
      LONGEST_SIGHT
    )
    const { height, pageTop, scrollHeight } = view
    return {
      description: describe(await this.#title(), this.url, view, text),
      targets,
      focus: targets.find(({ id }) => id === focused) ?? null,
      more: { up: pageTop > 5, down: pageTop + height + 5 < scrollHeight }
    }
  }

  /** What is said about the page in its own code. */
  metadata(): Promise<Record<string, unknown>> {
    return this.#run((tools) => tools.metadata(), null)
  }

  /** A picture of the viewport as base64 PNG, with marks around some targets. */
  async picture(marked: readonly Target[] = []): Promise<string> {
    if (marked.length === 0) return (await this.#page.screenshot()).toString('base64')
    await this.#run((tools, targets) => tools.mark(targets), [...marked])
    try {
      const session = await this.#context.newCDPSession(this.#page)
      const clip = { x: 0, y: 0, ...VIEWPORT, scale: SCALE }
      const { data } = await session.send('Page.captureScreenshot', { format: 'png', clip })
      await session.detach()
      return data
    } finally {
      await this.#run((tools) => tools.unmark(), null)
    }
  }

  /** The text of the whole page as Markdown, and its title. */
  async text(signal: AbortSignal): Promise<{ title: string; text: string }> {
    const html = await this.#page.evaluate<string>('document.documentElement.outerHTML')
    const text = await markdownOf({ html, url: this.url, images: false }, signal)
    return { title: (await this.#title()) || this.url, text: text.slice(0, LONGEST_PAGE) }
  }

  async #title(): Promise<string> {
    return this.#page.title().catch(() => '')
  }

  async #target(id: string): Promise<Locator> {
    const target = this.#page.locator(`[${ID}="${id.replace(/[^0-9]/g, '')}"]`).first()
    await target.waitFor({ state: 'attached', timeout: PRESENT }).catch(() => {
      throw new Error(`Nothing on the page has the number ${id}.`)
    })
    await target.scrollIntoViewIfNeeded({ timeout: PRESENT }).catch(() => {})
    return target
  }

  async #keep(download: Download): Promise<void> {
    const name = basename(download.suggestedFilename()).replace(/[^\w.\- ]/g, '_') || 'download'
    if (this.#downloads === null) return download.cancel()
    const failure = await download.failure()
    if (failure) throw new Error(`The download of ${name} failed: ${failure}`)
    const bytes = await readFile(await download.path())
    await download.delete()
    if (bytes.length > LONGEST_FILE)
      throw new Error(`${name} is larger than ${LONGEST_FILE} bytes and was not kept.`)
    const path = await writeOutput(this.#downloads, name, bytes)
    const page = `<title>Downloaded</title><h1>${escaped(name)} was downloaded to ${escaped(path)}</h1>`
    await this.#page.goto(`data:text/html;base64,${Buffer.from(page).toString('base64')}`)
  }

  /** Runs something with the tools in the page; a page that was there before the script gets it now. */
  async #run<Argument, Result>(
    work: (tools: PageTools, argument: Argument) => Result,
    argument: Argument
  ): Promise<Result> {
    for (let attempt = 0; ; attempt++) {
      try {
        await this.#page.evaluate(script)
        const source = `(argument) => (${work.toString()})(window.__troupe, argument)`
        return (await this.#page.evaluate(`(${source})(${JSON.stringify(argument)})`)) as Result
      } catch (error) {
        // The page may just have gone to another.
        if (
          attempt >= 3 ||
          !/context was destroyed|navigat|Cannot find context/i.test((error as Error).message)
        )
          throw new Error(plain((error as Error).message))
        await sleep(200)
        await this.#page.waitForLoadState('load', { timeout: PATIENCE })
      }
    }
  }
}

function describe(title: string, url: string, view: ReturnType<PageTools['viewport']>, text: string): string {
  const share = (part: number) => Math.min(100, Math.floor((part * 100) / view.scrollHeight))
  const [shown, scrolled] = [share(view.height), share(view.pageTop)]
  const place =
    scrolled < 1
      ? 'at the top of the page'
      : scrolled + shown >= 99
        ? 'at the bottom of the page'
        : `${scrolled}% down from the top of the page`
  return (
    `web browser is open to the page [${title}](${url}).\n` +
    `The viewport shows ${shown}% of the webpage, and is positioned ${place}\n` +
    `The following text is visible in the viewport:\n\n${text}`
  )
}

/** What Playwright says without its log. */
const plain = (message: string): string =>
  stripVTControlCharacters(message.split('\n')[0]!).replace(/^page\.\w+: /, '')

const escaped = (text: string) =>
  text.replace(/[&<>]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[char]!)

export type { PageWindow }

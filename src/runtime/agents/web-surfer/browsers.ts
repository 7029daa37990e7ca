import type { Browser, BrowserContext } from 'playwright-core'
import type { Egress } from '../../network/egress/egress.ts'
import { findBrowser, noBrowser } from './find-browser.ts'

/** How browsers are started: the operator's choice. */
export interface BrowserSettings {
  /** The program; a Chromium of the system, where it is not said. */
  browser?: string
  egress: Egress
}

/** Contexts that are open at once, of all runs; further ones wait. */
const MOST = 16
/** Pixels of the page that is seen at once. */
export const VIEWPORT = { width: 1440, height: 900 }

/** One browser for all runs of a process, with a context of its own for each agent. It is there while it is needed. */
export class Browsers {
  readonly #settings: BrowserSettings
  #browser: Promise<{ browser: Browser; proxy: { url: string; close(): void } | null }> | null = null
  #open = 0
  readonly #queue: (() => void)[] = []

  constructor(settings: BrowserSettings) {
    this.#settings = settings
  }

  /** Whether there is a browser to start; throws where there is none. */
  check(): void {
    if (!this.#settings.browser && !findBrowser()) throw new Error(noBrowser)
  }

  /** Opens a context with nothing in it: no cookies, no history, no files. It has to be closed. */
  async context(signal: AbortSignal): Promise<{ context: BrowserContext; close(): Promise<void> }> {
    await this.#place(signal)
    try {
      this.#browser ??= this.#start()
      const { browser, proxy } = await this.#browser
      const context = await browser.newContext({
        viewport: VIEWPORT,
        acceptDownloads: true,
        serviceWorkers: 'block',
        ...(proxy && { proxy: { server: proxy.url, bypass: '<-loopback>' } })
      })
      let closing: Promise<void> | undefined
      const end = async () => {
        await context.close().catch(() => {})
        await this.#leave()
      }
      return {
        context,
        close() {
          closing ??= end()
          return closing
        }
      }
    } catch (error) {
      await this.#leave()
      throw error
    }
  }

  async #start() {
    const { browser: given, egress } = this.#settings
    const program = given ?? findBrowser()
    if (!program) throw new Error(noBrowser)
    const { chromium } = await import('playwright-core').catch((error) => {
      throw new Error('A MultimodalWebSurfer needs the package playwright-core, which is not installed.', {
        cause: error
      })
    })
    // Loaded here: a server that starts no browser does without Node's own HTTP.
    const proxy = egress.open ? null : await (await import('./egress-proxy.ts')).egressProxy(egress)
    try {
      const browser = await chromium.launch({
        executablePath: program,
        headless: true,
        // Chromium's own sandbox does not work for root.
        chromiumSandbox: process.getuid?.() !== 0,
        args: [
          '--disable-background-networking',
          '--disable-component-update',
          '--disable-sync',
          '--no-first-run',
          '--disable-quic'
        ],
        // No variables of this process, for they hold the operator's keys.
        env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/tmp', LANG: 'C.UTF-8' },
        handleSIGINT: false,
        handleSIGTERM: false,
        handleSIGHUP: false
      })
      browser.on('disconnected', () => {
        proxy?.close()
        this.#browser = null
      })
      return { browser, proxy }
    } catch (error) {
      proxy?.close()
      this.#browser = null
      throw new Error(`The browser ${program} cannot be started: ${(error as Error).message.split('\n')[0]}`)
    }
  }

  async #place(signal: AbortSignal): Promise<void> {
    while (this.#open >= MOST) {
      await new Promise<void>((resolve, reject) => {
        const abort = () => reject(signal.reason)
        signal.addEventListener('abort', abort, { once: true })
        this.#queue.push(() => {
          signal.removeEventListener('abort', abort)
          resolve()
        })
      })
    }
    this.#open++
  }

  /** The browser ends with its last context: nothing is to keep this process alive. */
  async #leave(): Promise<void> {
    this.#open--
    const next = this.#queue.shift()
    next?.()
    if (this.#open === 0 && !next) await this.#end()
  }

  async #end(): Promise<void> {
    const started = this.#browser
    this.#browser = null
    await started?.then(({ browser }) => browser.close()).catch(() => {})
  }
}

/**
 * `npm run picture`: makes docs/console.webp, in which a run in the console is answered and then rewound. It needs a
 * built console (`npm run build`) and Chromium at /usr/bin/chromium.
 */
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { connect } from '../src/client/index.ts'
import { serve } from '../src/server/index.ts'
import { openBrowser } from '../test/support/browser.ts'
import { showTeam } from '../test/support/show-team.ts'
import { animatedWebp, type Still } from './animated-webp.ts'

const width = 1200
const height = 720
const target = join(import.meta.dirname, '../docs/console.webp')

/** Takes pictures of a page, one after the other. */
class Camera {
  readonly stills: Still[] = []
  readonly #page: Page

  constructor(page: Page) {
    this.#page = page
  }

  /** Takes a picture that is shown for so many milliseconds. */
  async take(shown: number): Promise<void> {
    const session = await this.#page.context().newCDPSession(this.#page)
    const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 70 })
    await session.detach()
    this.stills.push({ webp: Buffer.from(data, 'base64'), shown })
  }
}

/** Follows the run while it speaks, answers its question, and takes it back to its beginning and forward again. */
async function film(page: Page, camera: Camera, answer: () => Promise<void>): Promise<void> {
  await page.getByText('waits for a person').first().waitFor()
  await page.waitForTimeout(1000) // The graph finds its place.
  await camera.take(2200)
  await answer()
  await page.getByRole('log', { name: 'Transcript' }).getByText('Complete', { exact: true }).waitFor()
  await page.waitForTimeout(500)
  await camera.take(1500)
  const slider = page.getByRole('slider', { name: 'Moment' })
  const last = Number(await slider.inputValue())
  const back = Array.from({ length: last }, (_, at) => last - 1 - at)
  for (const moment of [...back, ...back.toReversed().slice(1)]) {
    await slider.fill(String(moment))
    await page.getByText(`${moment + 1} / ${last + 1}`).waitFor()
    await page.waitForTimeout(300)
    await camera.take(moment === 0 ? 1200 : 550)
  }
}

const tides = createServer((_, response) => response.end('{"high_water":["02:14"]}')).listen(0, '127.0.0.1')
await once(tides, 'listening')
const server = await serve({ host: '127.0.0.1', port: 0, database: 'sqlite::memory:', version: '0' })
const browser = await openBrowser()
const client = connect(server.url, { user: 'guestuser@gmail.com' })
try {
  const team = showTeam((tides.address() as AddressInfo).port, 200) as never
  const run = await client.start({ team, task: 'What did the lighthouse keeper see?' })
  const page = await browser.newPage({ viewport: { width, height } })
  await page.goto(`${server.url}/#/runs/${run.id}`)
  const camera = new Camera(page)
  await film(page, camera, () => run.answer('Good. Leave it as it is.'))
  const picture = animatedWebp(camera.stills, width, height)
  writeFileSync(target, picture)
  console.log(`${target}: ${camera.stills.length} pictures, ${Math.round(picture.length / 1024)} KB`)
} finally {
  client.close()
  await browser.close()
  await server.close()
  tides.close()
}

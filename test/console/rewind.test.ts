import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ActorView, actorsAfter } from '../../src/runtime/inspection/events.ts'
import type { Server } from '../../src/server/app.ts'
import { hasBrowser, openBrowser, openTab } from '../support/browser.ts'
import { readInspection } from '../support/event-stream.ts'
import { serveHere } from '../support/run-server.ts'
import { talkers } from '../support/some-teams.ts'
import { startRun } from './lively.ts'

/** Moves the slider through so many transitions, one per picture; gives how long each took, in milliseconds. */
const scrub = (steps: number) => `(async () => {
  const input = document.querySelector('input[type=range]')
  const { set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')
  const took = []
  for (let at = 0, before = performance.now(); at < ${steps}; at++) {
    set.call(input, String(at * 2))
    input.dispatchEvent(new Event('input', { bubbles: true }))
    await new Promise(requestAnimationFrame)
    took.push(performance.now() - before)
    before = performance.now()
  }
  return took
})()`

const pathOf = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : Object.entries(value as object)
        .map(([key, inner]) => `${key}.${pathOf(inner)}`)
        .join(' + ')

const names: Record<string, string> = { run: 'run', groupChat: 'team' }
const labelOf = ({ id, machine, status, value }: ActorView): string =>
  `${names[machine] ?? id.split('/').at(-1)}: ${status === 'stopped' ? 'has left' : pathOf(value)}`

describe.skipIf(!hasBrowser)('rewinding', { timeout: 60_000 }, () => {
  let server: Server
  let browser: Browser
  let page: Page
  let run: number
  let problems: string[]
  beforeAll(async () => {
    server = await serveHere()
    browser = await openBrowser()
    const { run: id, client } = await startRun(server.url, talkers(172))
    await client.next('result')
    run = id
    ;({ page, problems } = await openTab(browser, `${server.url}/#/runs/${run}`))
    await page.getByRole('log', { name: 'Transcript' }).getByText('Complete').waitFor()
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  test('a finished run shows the states that the inspection stream reported', async () => {
    const { events } = await readInspection(server.url, run)
    const moments = events.flatMap((event, at) =>
      event.type === '@xstate.snapshot' && event.transitions.length > 0 ? at + 1 : []
    )
    expect(moments.length).toBeGreaterThanOrEqual(500)
    const slider = page.getByRole('slider', { name: 'Transition' })
    await page.getByText(`${moments.length} / ${moments.length}`).waitFor()
    for (let at = 0; at < moments.length - 1; at += 37) {
      await slider.fill(String(at))
      await page.getByText(`${at + 1} / ${moments.length}`).waitFor()
      const options = page.getByRole('listbox', { name: 'Charts of this run' }).getByRole('option')
      const shown = (await options.allTextContents()).map((text) => text.trim())
      expect(shown).toEqual(actorsAfter(events.slice(0, moments[at])).map(labelOf))
    }
  })

  test('shows the transcript as it was, and comes back to the end', async () => {
    const slider = page.getByRole('slider', { name: 'Transition' })
    await slider.fill('4')
    const transcript = page.getByRole('log', { name: 'Transcript' })
    await transcript.getByText('answer 1', { exact: true }).waitFor()
    expect(await transcript.getByText('answer 9', { exact: true }).count()).toBe(0)
    expect(await transcript.getByText('Complete').count()).toBe(0)
    await slider.press('ArrowRight')
    await page.getByText('6 /').waitFor()
    await page.getByRole('button', { name: 'To the end' }).click()
    await transcript.getByText('Complete').waitFor()
  })

  test('shows what an agent remembered then', async () => {
    const { events } = await readInspection(server.url, run)
    const moments = events.flatMap((event, at) =>
      event.type === '@xstate.snapshot' && event.transitions.length > 0 ? at + 1 : []
    )
    await page.getByRole('option', { name: /^talker\b/ }).click()
    await page.getByText('What talker remembers').click()
    const memory = page.getByRole('region', { name: 'What talker remembers' })
    const counts = new Set<number>()
    for (const at of [3, 40, 80]) {
      await page.getByRole('slider', { name: 'Transition' }).fill(String(at))
      const told = actorsAfter(events.slice(0, moments[at])).find(({ id }) => id.endsWith('/talker'))!.memory
      await page.getByText(`What talker remembers${told.length} messages`).waitFor()
      const lines = (await memory.getByRole('listitem').allTextContents()).slice(-3)
      expect(lines).toEqual(
        (told.slice(-3) as { content: string; source: string; type: string }[]).map(
          ({ content, source, type }) => `${type === 'UserMessage' ? 'user' : 'assistant'}${source}${content}`
        )
      )
      counts.add(told.length)
    }
    expect(counts.size).toBe(3)
    await page.getByText('What talker remembers').click()
    await page.getByRole('button', { name: 'To the end' }).click()
  })

  test('by a line of the event log leads to its moment', async () => {
    await page.getByRole('slider', { name: 'Transition' }).fill('3')
    const log = page.getByRole('region', { name: 'Event log' })
    await log.getByRole('button', { name: /^run .*opened/ }).click()
    await page.getByRole('img', { name: /chart of/ }).waitFor()
    expect(await log.locator('[aria-current]').count()).toBe(1)
  })

  test('takes less of the processor than 30 frames a second leave', async () => {
    const session = await page.context().newCDPSession(page)
    await session.send('Performance.enable', { timeDomain: 'threadTicks' })
    const spent = async () => {
      const { metrics } = await session.send('Performance.getMetrics')
      return metrics.find(({ name }) => name === 'TaskDuration')!.value * 1000
    }
    const before = await spent()
    const took = (await page.evaluate(scrub(150))) as number[]
    const each = ((await spent()) - before) / took.length
    const median = took.toSorted((a, b) => a - b)[Math.floor(took.length / 2)]!
    console.log(
      `rewinding: ${each.toFixed(1)} ms of CPU per transition, a frame each ${median.toFixed(1)} ms`
    )
    // What else the machine does costs frames, but not this.
    expect(each).toBeGreaterThan(0)
    expect(each).toBeLessThan(1000 / 30)
    expect(problems).toEqual([])
  })
})

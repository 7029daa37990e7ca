import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { actorsAfter, type InspectionEvent } from '../../src/runtime/inspection/events.ts'
import type { Server } from '../../src/server/app.ts'
import { hasBrowser, openBrowser, openTab } from '../support/browser.ts'
import { readInspection } from '../support/event-stream.ts'
import { serveHere } from '../support/run-server.ts'
import { talkers } from '../support/some-teams.ts'
import { startRun } from './lively.ts'

const pathOf = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : Object.entries(value as object)
        .map(([key, inner]) => `${key}.${pathOf(inner)}`)
        .join(' + ')

/** Where the stream may be stopped: at the ends of causal steps in which a chart has moved. */
function momentsOf(events: readonly InspectionEvent[]): number[] {
  const moments: number[] = []
  let moved = false
  for (const [at, event] of events.entries()) {
    moved ||= event.type === '@xstate.snapshot' && event.transitions.length > 0
    if (event.stepEnd && moved) moments.push(at + 1)
    if (event.stepEnd) moved = false
  }
  return moments
}

describe.skipIf(!hasBrowser)('rewinding', { timeout: 90_000 }, () => {
  let server: Server
  let browser: Browser
  let page: Page
  let run: number
  let events: readonly InspectionEvent[]
  let problems: string[]
  beforeAll(async () => {
    server = await serveHere()
    browser = await openBrowser()
    const { run: id, client } = await startRun(server.url, talkers(40))
    await client.next('result')
    run = id
    ;({ events } = await readInspection(server.url, run))
    ;({ page, problems } = await openTab(browser, `${server.url}/#/runs/${run}?tab=chart`))
    await page.getByRole('log', { name: 'Transcript' }).getByText('Complete').waitFor()
  }, 90_000)
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })
  const slider = () => page.getByRole('slider', { name: 'Moment' })
  const steer = () => page.getByRole('toolbar', { name: 'Steer the run' })

  test('a finished run shows the states that the inspection stream reported', async () => {
    const moments = momentsOf(events)
    expect(moments.length).toBeGreaterThanOrEqual(40)
    await page.getByText(`${moments.length} / ${moments.length}`).waitFor()
    for (let at = 0; at < moments.length - 1; at += 9) {
      await slider().fill(String(at))
      await page.getByText(`${at + 1} / ${moments.length}`).waitFor()
      await page.getByRole('button', { name: /Whose chart is shown/ }).click()
      const charts = page.getByRole('listbox', { name: 'Charts of this run' })
      await charts.waitFor()
      const shown = await charts
        .getByRole('option')
        .evaluateAll((options) =>
          options.map((option) => `${option.dataset.key}: ${option.querySelector('code')?.textContent}`)
        )
      await page.keyboard.press('Escape')
      await charts.waitFor({ state: 'detached' })
      const told = actorsAfter(events.slice(0, moments[at])).map(({ id, value }) => `${id}: ${pathOf(value)}`)
      expect(shown.toSorted()).toEqual(told.toSorted())
    }
  })

  test('shows the transcript as it was, and comes back to the end', async () => {
    await slider().fill('4')
    const transcript = page.getByRole('log', { name: 'Transcript' })
    await transcript.getByText('answer 1', { exact: true }).waitFor()
    expect(await transcript.getByText('answer 9', { exact: true }).count()).toBe(0)
    expect(await transcript.getByText('Complete').count()).toBe(0)
    await slider().press('ArrowRight')
    await page.getByText('6 /').waitFor()
    await page.getByRole('button', { name: 'To the end' }).click()
    await transcript.getByText('Complete').waitFor()
  })

  test('tells one status, the one of then, and saves the state of then', async () => {
    await slider().fill('12')
    const header = page.getByRole('banner')
    await header.getByText('then running').waitFor()
    expect(await header.getByText('complete', { exact: true }).count()).toBe(0)
    const download = page.waitForEvent('download')
    await steer()
      .getByRole('button', { name: /^Save state/ })
      .click()
    const saved = await (await download).createReadStream()
    let text = ''
    for await (const chunk of saved) text += String(chunk)
    const { agent_states } = JSON.parse(text)
    const { message_thread } = Object.values(
      agent_states as Record<string, { message_thread?: unknown[] }>
    ).find((state) => Array.isArray(state.message_thread))!
    expect(message_thread!.length).toBeGreaterThan(0)
    expect(message_thread!.length).toBeLessThan(20)
    await page.getByRole('button', { name: 'To the end' }).click()
  })

  test('shows what an agent remembered then', async () => {
    const moments = momentsOf(events)
    const talker = actorsAfter(events).find(({ id }) => id.endsWith('/talker'))!
    await page.goto(`${server.url}/#/runs/${run}?tab=team&actor=${encodeURIComponent(talker.id)}`)
    await page.getByRole('tab', { name: 'Memory' }).click()
    const memory = page.getByRole('region', { name: 'What talker remembers' })
    const counts = new Set<number>()
    for (const at of [3, 12, 30]) {
      await slider().fill(String(at))
      const told = actorsAfter(events.slice(0, moments[at])).find(({ id }) => id === talker.id)!.memory
      await memory.getByText(`${told.length} message`).waitFor()
      const lines = (await memory.getByRole('listitem').allTextContents()).slice(-3)
      expect(lines).toEqual(
        (told.slice(-3) as { content: string; source: string; type: string }[]).map(
          ({ content, source, type }) => `${type === 'UserMessage' ? 'user' : 'assistant'}${source}${content}`
        )
      )
      counts.add(told.length)
    }
    expect(counts.size).toBe(3)
    await page.getByRole('button', { name: 'To the end' }).click()
  })

  test('by a line of the event log leads to its moment', async () => {
    await page.getByRole('tab', { name: 'Log' }).click()
    await slider().fill('30')
    const log = page.getByRole('region', { name: 'Event log' })
    const line = log.getByRole('button', { name: /^talker\b/ }).first()
    const number = await line.textContent()
    await line.click()
    await log.locator('[aria-current]').waitFor()
    expect(await log.locator('[aria-current]').count()).toBe(1)
    expect(number).toContain('talker')
    expect(problems).toEqual([])
  })
})

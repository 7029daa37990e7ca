import { readFile } from 'node:fs/promises'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Server } from '../../src/server/app.ts'
import { hasBrowser, openBrowser, openTab } from '../support/browser.ts'
import { careful } from '../support/careful-team.ts'
import { RunClient } from '../support/run-client.ts'
import { freePort, newRun, rest, serveHere, serveThere, temporary } from '../support/run-server.ts'
import { showTeam } from '../support/show-team.ts'
import { asker, assistant, replayModel, roundRobin, streamer, talkers } from '../support/some-teams.ts'
import { startRun, tideServer } from './lively.ts'

/** Adds up by how much things move that nobody has moved, from now on; as the page's own program. */
const countShifts = `{
  globalThis.shifts = 0
  const add = (entries) => { for (const { value } of entries.getEntries()) shifts += value }
  new PerformanceObserver(add).observe({ type: 'layout-shift' })
}`

describe.skipIf(!hasBrowser)('the console', { timeout: 40_000 }, () => {
  let server: Server
  let browser: Browser
  beforeAll(async () => {
    server = await serveHere()
    browser = await openBrowser()
  }, 40_000)
  afterEach(async () => {
    // A tab that stays open keeps a busy machine busier.
    for (const context of browser.contexts()) await context.close()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })
  const runPage = (run: number) => openTab(browser, `${server.url}/#/runs/${run}`)

  test('starts the demo team, streams what it says, and lists the run', async () => {
    const { page, problems } = await openTab(browser, `${server.url}/`)
    await page.getByRole('button', { name: 'Start a run' }).click()
    const dialog = page.getByRole('dialog', { name: 'Start a run' })
    await dialog.getByLabel('Task').fill('Write about a lighthouse.')
    await dialog.getByRole('button', { name: 'Start', exact: true }).click()
    const transcript = page.getByRole('log', { name: 'Transcript' })
    await transcript.getByText('Write about a lighthouse.').waitFor()
    await transcript.getByText('is writing…').waitFor()
    await transcript
      .getByText('Text mentioned', { exact: false })
      .or(transcript.getByText('Complete'))
      .first()
      .waitFor()
    await page.getByRole('link', { name: 'All runs' }).click()
    await page.getByRole('cell', { name: 'complete' }).first().waitFor()
    expect(problems).toEqual([])
  })

  test('shows a call that is to be approved, and makes it only when a person presses Approve', async () => {
    const { run, client } = await startRun(server.url, careful())
    await client.next('input_request')
    const { page, problems } = await runPage(run)
    const card = page.locator('form').filter({ hasText: 'wants to call' })
    await card.getByText('"task": "Help."').first().waitFor()
    // A key that is pressed in passing is no consent.
    await page.keyboard.press('Enter')
    await page.keyboard.press('Space')
    await client.settled()
    expect(client.frames.some(({ type }) => type === 'result')).toBe(false)
    await card.getByRole('button', { name: 'Approve' }).click()
    const { data } = await client.next('result')
    expect(data.task_result.messages.at(-1).content).toBe('helper: Helped.')
    expect(problems).toEqual([])
  })

  test('stands at /console/ as well as at the root', async () => {
    for (const path of ['/', '/console/', '/console']) {
      const { page, problems, context } = await openTab(browser, `${server.url}${path}`)
      await page.getByRole('heading', { name: 'Runs' }).waitFor()
      expect(problems).toEqual([])
      await context.close()
    }
  })

  test('tells a stranger what everybody does and what the run waits for', async () => {
    const looked = Promise.withResolvers<void>()
    const tides = await tideServer(looked.promise)
    const { run, client } = await startRun(
      server.url,
      showTeam(tides.port, 700, 120),
      'What did the keeper see?'
    )
    const { page, problems } = await runPage(run)
    const team = page.getByRole('region', { name: 'Team', exact: true })
    await team.getByRole('button', { name: /^researcher\b.*running tide_table/ }).waitFor()
    await team.getByRole('button', { name: /^writer\b.*asking its model/ }).waitFor()
    await team.getByRole('button', { name: /^planner\b.*listening/ }).waitFor()
    await page.getByText(/researcher is running tide_table/).waitFor()
    looked.resolve()
    await page.getByText('editor waits for a person (“Enter your response:”).').waitFor()
    await page.getByRole('tab', { name: 'Chart' }).click()
    await page.getByRole('button', { name: /Whose chart is shown/ }).click()
    const charts = page.getByRole('listbox', { name: 'Charts of this run' })
    await charts.getByRole('option', { name: /^run\b.*running.awaitingInput/ }).waitFor()
    await charts.getByRole('option', { name: /^editor\b.*responding.awaitingInput/ }).click()
    await page
      .getByRole('img', { name: /chart of editor is in the state responding.awaitingInput/ })
      .waitFor()
    expect(
      await page.locator('[data-active][data-state="participant.responding.awaitingInput"]').count()
    ).toBe(1)
    expect(problems).toEqual([])
    client.leave()
    tides.close()
  })

  test('lets a person answer, and all tabs agree', async () => {
    const { run } = await startRun(server.url, asker())
    const [one, two] = [await runPage(run), await runPage(run)]
    const field = one.page.getByRole('textbox', { name: /person asks/ })
    await field.fill('Print it.')
    await two.page.getByRole('textbox', { name: /person asks/ }).waitFor()
    await one.page.getByRole('button', { name: 'Answer' }).click()
    for (const { page } of [one, two]) {
      const transcript = page.getByRole('log', { name: 'Transcript' })
      await transcript.getByText('Print it.').waitFor()
      await transcript.getByText('Complete').waitFor()
      expect(await page.getByRole('textbox', { name: /person asks/ }).count()).toBe(0)
    }
    expect([...one.problems, ...two.problems]).toEqual([])
  })

  test('shows until when an answer is waited for', async () => {
    const run = await newRun(server.url)
    const options = { input: { timeout_s: 50, on_timeout: 'stop' } }
    await rest(server.url, `/runs/${run}/start`, { task: 'Go.', team_config: asker(), options })
    const { page } = await runPage(run)
    await page.getByRole('textbox', { name: /person asks.*\d+ s left/ }).waitFor()
    await page.getByRole('button', { name: 'Answer' }).waitFor()
  })

  test('pauses, resumes and stops', async () => {
    const slow = roundRobin([assistant('slow', replayModel(Array(30).fill('a word'), { delay_ms: 700 }))], 40)
    const { run } = await startRun(server.url, slow)
    const { page, problems } = await runPage(run)
    const steer = page.getByRole('toolbar', { name: 'Steer the run' })
    await steer.getByRole('button', { name: 'Pause' }).click()
    await page.getByText('Paused. Nothing new begins until it is resumed.').waitFor()
    await steer.getByRole('button', { name: 'Resume' }).click()
    await page.getByText('slow is asking its model.').waitFor()
    await steer.getByRole('button', { name: 'Stop' }).click()
    await page.getByRole('log', { name: 'Transcript' }).getByText('Stopped').waitFor()
    expect(await steer.getByRole('button', { name: 'Stop' }).count()).toBe(0)
    expect(problems).toEqual([])
  })

  test('folds tool calls, and shows what they gave', async () => {
    const tides = await tideServer()
    const { run, client } = await startRun(server.url, showTeam(tides.port, 20))
    await client.next('input_request')
    const { page } = await runPage(run)
    const transcript = page.getByRole('log', { name: 'Transcript' })
    const fold = transcript.getByRole('button', { name: /tide_table .* done/ })
    expect(await fold.getAttribute('aria-expanded')).toBe('false')
    await fold.press('Enter')
    await transcript.getByText('"place": "Cuxhaven"').first().waitFor()
    await transcript.getByText('It gave').waitFor()
    await transcript.getByText('The tide table of that week should settle it').waitFor()
    client.leave()
    tides.close()
  })

  test('forks from a turn, and saves the state', async () => {
    const { run, client } = await startRun(server.url, talkers(4))
    await client.next('result')
    const { page } = await runPage(run)
    const steer = page.getByRole('toolbar', { name: 'Steer the run' })
    const download = page.waitForEvent('download')
    await steer.getByRole('button', { name: 'Save state' }).click()
    const state = JSON.parse(await readFile(await (await download).path(), 'utf8'))
    expect(state.type).toBe('TeamState')
    await steer.getByRole('button', { name: 'Fork', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'Fork this run' })
    await dialog.getByRole('radio', { name: /turn 2/ }).click({ force: true })
    await dialog.getByRole('button', { name: 'Fork' }).click()
    await page.waitForURL((url) => !url.hash.startsWith(`#/runs/${run}`))
    await page.getByRole('log', { name: 'Transcript' }).getByText('answer 4').waitFor()
  })

  test('begins with a state that was saved', async () => {
    const { run, client } = await startRun(server.url, talkers(2))
    await client.next('result')
    const state = await rest(server.url, `/runs/${run}/state`)
    const { page } = await openTab(browser, `${server.url}/`)
    await page.getByRole('button', { name: 'Start a run' }).click()
    const dialog = page.getByRole('dialog', { name: 'Start a run' })
    await dialog.getByLabel('Team', { exact: true }).selectOption({ label: 'Paste a team file…' })
    await dialog.getByRole('textbox', { name: 'Team file' }).fill(JSON.stringify(talkers(1)))
    await dialog.getByLabel('Begin with a saved state').setInputFiles({
      name: 'state.json',
      mimeType: 'application/json',
      buffer: Buffer.from(JSON.stringify(state.data))
    })
    await dialog.getByLabel('Task').fill('Once more.')
    await dialog.getByRole('button', { name: 'Start', exact: true }).click()
    await page.getByRole('log', { name: 'Transcript' }).getByText('answer 1').waitFor()
  })

  test('says at which line a team file is wrong', async () => {
    const { page } = await openTab(browser, `${server.url}/`)
    await page.getByRole('button', { name: 'Start a run' }).click()
    const dialog = page.getByRole('dialog', { name: 'Start a run' })
    await dialog.getByLabel('Team', { exact: true }).selectOption({ label: 'Paste a team file…' })
    const editor = dialog.getByRole('textbox', { name: 'Team file' })
    const team = roundRobin(
      [assistant('fine', replayModel(['a'])), assistant('not fine', replayModel(['b']))],
      3
    )
    const text = JSON.stringify({ ...team, component_type: 'team' }, null, 2)
    await editor.fill(text)
    const line = text.split('\n').findIndex((one) => one.includes('not fine')) + 1
    const wrong = dialog.getByRole('list', { name: 'What is wrong with the team file' })
    await wrong.getByText(`Line ${line}:`).first().waitFor()
    await editor.fill('{ "provider": ')
    await wrong.getByText('Line 1:').first().waitFor()
  })

  test('comes back by itself where it stood, and says when it is offline', async () => {
    const { folder, remove } = await temporary()
    const port = await freePort()
    let child = await serveThere(folder, port)
    const url = `http://127.0.0.1:${port}`
    const { run, client } = await startRun(url, asker())
    await client.next('input_request')
    const { page } = await openTab(browser, `${url}/#/runs/${run}`)
    await page.getByRole('textbox', { name: /person asks/ }).waitFor()
    await child.end('SIGKILL')
    await page.getByText(/^Offline\./).waitFor()
    child = await serveThere(folder, port)
    await page.getByText(/^Offline\./).waitFor({ state: 'detached' })
    await page.getByRole('textbox', { name: /person asks/ }).fill('Back again.')
    await page.getByRole('button', { name: 'Answer' }).click()
    const transcript = page.getByRole('log', { name: 'Transcript' })
    await transcript.getByText('Back again.').waitFor()
    expect(await transcript.getByText('A draft.').count()).toBe(1)
    await child.end('SIGKILL')
    await remove()
  })

  test('does not let the page jump while fifty messages come in a second', async () => {
    const texts = (name: string) => Array.from({ length: 200 }, (_, at) => `${name} says ${at}.`)
    const quick = (name: string) => assistant(name, replayModel(texts(name), { delay_ms: 20 }))
    const { run } = await startRun(server.url, roundRobin([quick('ann'), quick('ben')], 400))
    const { page, problems } = await runPage(run)
    const transcript = page.getByRole('log', { name: 'Transcript' })
    await transcript
      .getByText(/ says \d+\./)
      .first()
      .waitFor()
    await page.evaluate(countShifts)
    await transcript.getByText('Complete').waitFor()
    expect(await page.evaluate('shifts')).toBeLessThan(0.05)
    expect(problems).toEqual([])
  })

  test('does not let the page jump while an answer is written', async () => {
    const words = Array.from({ length: 300 }, (_, at) => `word${at}`)
    const run = await newRun(server.url)
    const { page, problems } = await runPage(run)
    await page.getByText('This run has not begun.').first().waitFor()
    const client = await RunClient.connect(server.url, run)
    client.start(streamer(words, 15), 'Go.')
    await page.getByText('is writing…').waitFor()
    await page.evaluate(countShifts)
    await page.getByRole('log', { name: 'Transcript' }).getByText('Complete').waitFor()
    const total = await page.evaluate('shifts')
    expect(total).toBeLessThan(0.05)
    expect(problems).toEqual([])
  })
})

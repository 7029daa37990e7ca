import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect } from '../../src/client/index.ts'
import { useRun, useRuns, useStatechart } from '../../src/react/index.ts'
import type { Server } from '../../src/server/app.ts'
import { careful } from '../support/careful-team.ts'
import { serveHere } from '../support/run-server.ts'
import { asker, streamer, talkers } from '../support/some-teams.ts'
import { show } from './page.ts'

let server: Server
beforeAll(async () => {
  server = await serveHere()
})
afterAll(() => server?.close())

const user = 'ann'
const started = (team: object) => connect(server.url, { user }).start({ team, task: 'Go.' })

describe('useRun', () => {
  test('starts a run, shows what is said and asked, and answers', async () => {
    const page = await show(() => useRun({ url: server.url, user }))
    expect(page.now).toMatchObject({
      id: null,
      status: null,
      messages: [],
      questions: [],
      connection: 'idle'
    })
    await expect(page.now.stop()).rejects.toThrow(/no run yet/)
    const run = await page.now.start({ team: asker(), task: 'Go.' })
    const asked = await page.until(({ questions }) => questions.length === 1)
    expect(asked).toMatchObject({ id: run.id, connection: 'open', questions: [{ source: 'person' }] })
    expect(asked.messages.map(({ source }) => source)).toContain('writer')
    await asked.answer('Good.')
    const ended = await page.until(({ status }) => status === 'complete')
    expect(ended.questions).toEqual([])
    expect(ended.messages.at(-1)).toMatchObject({ source: 'person', content: 'Good.' })
  })

  test('shows a message while it is written, apart from those that are whole', async () => {
    const { id } = await started(streamer(['Kites', 'fly', 'high.'], 60))
    const page = await show(() => useRun({ url: server.url, user, run: id }))
    const { drafts, messages } = await page.until(({ drafts }) => drafts.length > 0)
    expect(drafts[0]).toMatchObject({ source: 'writer', text: expect.stringMatching(/^Kites/) })
    expect(messages.every(({ draft }) => !draft)).toBe(true)
    await page.until(({ status }) => status === 'complete')
    expect(page.now.drafts).toEqual([])
    expect(page.now.messages.at(-1)).toMatchObject({ content: 'Kites fly high.' })
  })

  test('approves a call, and shows the statecharts to a component that reads them', async () => {
    const { id } = await started(careful())
    const page = await show(() => {
      const { chart, ...run } = useRun({ url: server.url, user, run: id })
      return { chart, ...run }
    })
    const { chart, questions } = await page.until(
      ({ chart, questions }) => questions.length > 0 && chart?.participants.lead !== undefined
    )
    expect(questions[0]).toMatchObject({ kind: 'approval', call: { name: 'helper' } })
    expect(chart?.manager).toMatchObject({ machine: 'groupChat' })
    await page.now.approve()
    await page.until(({ status, chart }) => status === 'complete' && chart?.phase === 'ended')
    expect(page.now.chart?.run?.value).toBe('completed')
  })

  test('says why a run cannot be followed', async () => {
    const page = await show(() => useRun({ url: server.url, user, run: 999_999 }))
    expect((await page.until(({ error }) => error !== null)).error).toMatchObject({ code: 'unknown_run' })
  })

  test('closes its connection when the component goes', async () => {
    const { id } = await started(asker())
    const page = await show(() => useRun({ url: server.url, user, run: id }))
    await page.until(({ connection }) => connection === 'open')
    const sockets = async () =>
      /^troupe_sockets (\d+)/m.exec(await (await fetch(`${server.url}/metrics`)).text())?.[1]
    await expect.poll(sockets).toBe('1')
    await page.leave()
    await expect.poll(sockets).toBe('0')
    await connect(server.url, { user }).run(id).stop()
  })
})

test('useRuns lists runs, and reads them again when it is asked to', async () => {
  const url = server.url
  const page = await show(() => useRuns({ url, user: 'bea', every: 0 }))
  expect((await page.until(({ runs }) => runs !== null)).runs).toEqual([])
  const run = await connect(url, { user: 'bea' }).start({ team: talkers(1), task: 'Go.' })
  page.now.reload()
  const { runs } = await page.until(({ runs }) => runs!.length > 0)
  expect(runs).toEqual([expect.objectContaining({ id: run.id, task: 'Go.' })])
})

test('useStatechart follows the charts of a run to its end', async () => {
  const run = await started(talkers(3))
  const page = await show(() => useStatechart({ url: server.url, user, run: run.id }))
  const chart = await page.until((chart) => chart?.phase === 'ended')
  expect(chart?.run?.value).toBe('completed')
  expect(Object.keys(chart!.participants)).toEqual(['talker'])
})

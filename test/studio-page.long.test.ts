import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Server } from '../src/server/app.ts'
import { hasBrowser, openBrowser } from './support/browser.ts'
import { RestClient } from './support/rest-client.ts'
import { serveHere } from './support/run-server.ts'
import {
  assistant,
  type Part,
  person,
  replayModel,
  roundRobin,
  streamer,
  talkers
} from './support/some-teams.ts'
import { button, hasStudioPage, problemsOf, studioUi } from './support/studio-page.ts'

const user_id = 'guestuser@gmail.com'
const program = fileURLToPath(new URL('./server/mcp-asking-server.ts', import.meta.url))

// AutoGen Studio's page, built elsewhere: TROUPE_STUDIO_UI names its folder, see CONTRIBUTING.md.
describe.skipIf(!hasStudioPage || !hasBrowser)("AutoGen Studio's page", { timeout: 60_000 }, () => {
  let server: Server
  let rest: RestClient
  let browser: Browser
  beforeAll(async () => {
    const permissions = { mcpCommands: [`${process.execPath} ${program}`], codeExecution: false }
    server = await serveHere({ ui: studioUi, permissions })
    rest = new RestClient(server.url)
    browser = await openBrowser()
  }, 40_000)
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  async function open(path: string): Promise<{ page: Page; problems: string[] }> {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    const problems = problemsOf(page)
    await page.goto(server.url + path)
    return { page, problems }
  }

  /** The playground, at a session with this team. */
  async function play(name: string, team: Part) {
    const component = { component_type: 'team', label: name, ...team }
    const { body } = await rest.post('/teams/', { user_id, component })
    await rest.post('/sessions/', { user_id, name: `Session ${name}`, team_id: body.data.id })
    const { page, problems } = await open('/')
    await page.getByText(`Session ${name}`).first().click()
    const task = page.locator('#queryInput')
    const say = async (text: string) => {
      await page.locator('#queryInput:enabled').waitFor()
      await task.fill(text)
      await task.press('Enter')
    }
    return { page, problems, say, done: page.getByText('Task completed').first() }
  }

  test('runs a team several times in one session, and shows it all again after a reload', async () => {
    const { page, problems, say } = await play('Plain', talkers(2))
    for (const text of ['First task.', 'Second task.', 'Third task.']) {
      await say(text)
      await page.getByText(text).first().waitFor()
    }
    await page.locator('#queryInput:enabled').waitFor()
    await page.reload()
    await page.getByText('Session Plain').first().click()
    for (const text of ['First task.', 'Third task.']) await page.getByText(text).first().waitFor()
    await page.getByRole('button', { name: 'Compare' }).click()
    await page.getByRole('button', { name: 'Exit Compare' }).waitFor()
    expect(problems).toEqual([])
  })

  test('shows an answer as it comes', async () => {
    const words = ['one', 'two', 'three', 'four']
    const { page, problems, say, done } = await play('Streamed', streamer(words, 2000))
    await say('Stream.')
    await page
      .getByText(/^\s*one two( three)?\s*$/)
      .first()
      .waitFor()
    await done.waitFor()
    expect(problems).toEqual([])
  })

  test('asks the person, and passes the answer on', async () => {
    const team = roundRobin([assistant('writer', replayModel(['A draft.'])), person()], 3)
    const { page, problems, say, done } = await play('Asked', team)
    await say('Ask me.')
    await page.getByPlaceholder('Type your response').fill('Good enough')
    await page.keyboard.press('Enter')
    await done.waitFor()
    await page.getByText('Good enough').first().waitFor()
    expect(problems).toEqual([])
  })

  test('cancels a run, and runs another one', async () => {
    const { page, problems, say } = await play('Slow', talkers(2, 60_000))
    for (const text of ['Slowly.', 'Slowly again.']) {
      await say(text)
      await page.getByRole('button', { name: 'Cancel Run' }).click()
      await page.getByText('Stop reason: Cancelled by user').first().waitFor()
    }
    expect(problems).toEqual([])
  })

  test('makes a team, saves it, checks it and tries it', async () => {
    const { page, problems } = await open('/build/')
    await page.getByRole('button', { name: 'New Team' }).click()
    await page.getByText('Team created successfully').waitFor()
    await button(page, 'save').click()
    await page.getByText('Team updated successfully').waitFor()
    await page.getByRole('button', { name: 'Run' }).first().click()
    const drawer = page.locator('.ant-drawer')
    await drawer.locator('#queryInput').fill('Write.')
    await drawer.locator('#queryInput').press('Enter')
    await drawer.getByText('Task completed').first().waitFor()
    expect(problems).toEqual([])
  })

  test('shows the gallery and the settings, and keeps what is changed there', async () => {
    const { page, problems } = await open('/gallery/')
    await page.getByText('Troupe gallery').first().waitFor()
    await button(page, 'square-pen').or(button(page, 'edit')).first().click()
    await page.locator('input.ant-input').first().fill('Another name')
    await page.getByRole('button', { name: 'Save' }).first().click()
    await page.getByText('Gallery updated successfully').waitFor()
    await page.goto(`${server.url}/settings/`)
    await page.getByText('Show LLM Events').waitFor()
    await page.locator('label[for^=toggle-]').first().click()
    await page.getByRole('button', { name: 'Save' }).click()
    await expect
      .poll(
        async () =>
          (await rest.get(`/settings/?user_id=${user_id}`)).body.data.config.ui.show_llm_call_events,
        { timeout: 10_000 }
      )
      .toBe(true)
    expect(problems).toEqual([])
  })

  test('speaks to an MCP server, whose tool asks the person', async () => {
    const { body } = await rest.get(`/gallery/?user_id=${user_id}`)
    const [gallery] = body.data
    const server_params = { type: 'StdioServerParams', command: process.execPath, args: [program] }
    gallery.config.components.workbenches = [
      {
        ...{ provider: 'autogen_ext.tools.mcp.McpWorkbench', component_type: 'workbench', version: 1 },
        ...{ label: 'Asking server', description: 'It asks.', config: { server_params } }
      }
    ]
    await rest.put(`/gallery/${gallery.id}?user_id=${user_id}`, gallery)
    const { page, problems } = await open('/mcp/')
    await page.getByRole('button', { name: 'Connect to Server' }).click()
    await page.getByRole('button', { name: 'Run Tool' }).click()
    const dialog = page.locator('.ant-modal')
    await dialog.locator('input').first().fill('red')
    await dialog.getByRole('button', { name: 'Accept' }).click()
    await page.getByText('accept red').waitFor()
    expect(problems).toEqual([])
  })
})

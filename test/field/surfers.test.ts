import { realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { permit } from '../../src/runtime/components/permissions.ts'
import { remarksOn } from '../../src/runtime/components/problems.ts'
import { Registry } from '../../src/runtime/components/registry.ts'
import type { Team } from '../../src/runtime/team/team.ts'
import { temporaryFolder } from '../support/command.ts'
import { scripted } from '../support/scripted.ts'
import { team } from '../support/some-teams.ts'

describe('a file surfer', () => {
  test.each([
    ['letter.odt', 'PK\x03\x04\x14\x00', 'an OpenDocument text'],
    ['old.doc', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'an old Word document'],
    ['note.rtf', '{\\rtf1\\ansi Hello}', 'an RTF document'],
    ['photo.png', '\x89PNG\r\n\x1a\n\x00\x00', 'a picture'],
    ['all.zip', 'PK\x03\x04\x14\x00', 'an archive (zip)']
  ])('says of %s what it is and what can read it, and shows none of its bytes', async (name, bytes, kind) => {
    const files = realpathSync(temporaryFolder())
    writeFileSync(join(files, name), Buffer.from(bytes, 'latin1'))
    const surfer = {
      provider: 'autogen_ext.agents.file_surfer.FileSurfer',
      config: { name: 'files', model_client: scripted([['open_path', { path: name }]]) }
    }
    const registry = permit(new Registry(), { mcpCommands: [], codeExecution: false, files })
    const loaded = registry.load<Team>(team('RoundRobinGroupChat', { participants: [surfer], max_turns: 1 }))
    onTestFinished(() => loaded.close())
    const { messages } = await loaded.run({ task: 'Go.' })
    const text = String((messages.at(-1) as { content: unknown }).content)
    expect(text).toContain(`It is ${kind}, which is not read here: a tool or an MCP server`)
    expect(text).not.toMatch(/endobj|Hello|PNG\r/)
  })

  test('shows a text that only begins like something else', async () => {
    const files = realpathSync(temporaryFolder())
    writeFileSync(join(files, 'a.txt'), 'BM is short for benchmark, MZ for nothing.')
    const surfer = {
      provider: 'autogen_ext.agents.file_surfer.FileSurfer',
      config: { name: 'files', model_client: scripted([['open_path', { path: 'a.txt' }]]) }
    }
    const registry = permit(new Registry(), { mcpCommands: [], codeExecution: false, files })
    const loaded = registry.load<Team>(team('RoundRobinGroupChat', { participants: [surfer], max_turns: 1 }))
    onTestFinished(() => loaded.close())
    const { messages } = await loaded.run({ task: 'Go.' })
    expect(messages.at(-1)).toMatchObject({ content: expect.stringContaining('short for benchmark') })
  })
})

describe('a web surfer', () => {
  const surfer = (more: object) => ({
    provider: 'autogen_ext.agents.web_surfer.MultimodalWebSurfer',
    config: { name: 'w', model_client: scripted([]), ...more }
  })
  const remarks = (more: object) =>
    remarksOn(new Registry().load<object>(surfer(more))).map(({ text }) => text)

  test('tells which of its options have no effect, by their names', () => {
    const odd = {
      headless: false,
      browser_channel: 'chrome',
      browser_data_dir: '/x',
      animate_actions: true,
      use_ocr: true
    }
    expect(remarks(odd)).toEqual([
      expect.stringMatching(
        /no effect has headless: false, browser_channel, browser_data_dir, animate_actions, use_ocr\.$/
      )
    ])
  })
  test("has nothing to tell of the options that Studio's gallery gives it", () => {
    expect(
      remarks({ headless: true, animate_actions: false, use_ocr: false, browser_channel: null })
    ).toEqual([])
  })
})

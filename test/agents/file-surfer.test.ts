import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { TextMessage } from '../../src/machines/messages/index.ts'
import { permit } from '../../src/runtime/components/permissions.ts'
import { dump, Registry } from '../../src/runtime/components/registry.ts'
import type { Team } from '../../src/runtime/team/team.ts'
import { temporaryFolder } from '../support/command.ts'
import { type Line, scripted } from '../support/scripted.ts'

const surfer = (lines: readonly Line[]) => ({
  provider: 'autogen_ext.agents.file_surfer.FileSurfer',
  config: { name: 'files', model_client: scripted(lines) }
})

/** A folder with a few files. */
function folder(): string {
  const root = realpathSync(temporaryFolder())
  mkdirSync(join(root, 'docs'))
  writeFileSync(join(root, 'docs/long.txt'), Array.from({ length: 3000 }, (_, i) => `word${i}`).join(' '))
  writeFileSync(join(root, 'docs/page.html'), '<title>A page</title><h1>Head</h1><script>no</script>')
  writeFileSync(join(root, 'table.csv'), 'name,size\n"Kite, red",60\n')
  writeFileSync(join(root, 'binary.bin'), Buffer.from([0, 1, 2]))
  symlinkSync('/etc', join(root, 'away'))
  return root
}

async function read(lines: readonly Line[], root = folder()) {
  const registry = permit(new Registry(), { mcpCommands: [], codeExecution: false, files: root })
  const config = { participants: [surfer(lines)], max_turns: lines.length }
  const team = registry.load<Team>(
    { provider: 'autogen_agentchat.teams.RoundRobinGroupChat', config },
    'team'
  )
  onTestFinished(() => team.close())
  const { messages } = await team.run({ task: 'Go.' })
  return {
    team,
    root,
    texts: (messages.slice(1) as TextMessage[]).map(({ content }) => String(content).replaceAll(root, 'ROOT'))
  }
}

describe('a file surfer', () => {
  test('opens folders and files, and turns their pages', async () => {
    const { texts } = await read([
      ['open_path', { path: '.' }],
      ['open_path', { path: 'docs/long.txt' }],
      ['page_down', {}],
      ['page_down', {}],
      ['page_up', {}],
      ['open_path', { path: '/docs' }],
      'That is all.'
    ])
    expect(texts[0]).toMatch(
      /^Path: ROOT\nViewport position: Showing page 1 of 1\.\n=======================\n# Index of ROOT\n.*\| docs\/ \| {2}\|.*\| table\.csv \| 25 \|/s
    )
    expect(texts[0]).not.toContain('parent directory')
    expect(texts[1]).toMatch(
      /^Path: ROOT\/docs\/long\.txt\nViewport position: Showing page 1 of 6\.\n=+\nword0 word1 /
    )
    expect(texts[2]).toMatch(/page 2 of 6\.\n=+\nword\d+ /)
    expect(texts[3]).toMatch(/page 3 of 6/)
    expect(texts[4]).toMatch(/page 2 of 6/)
    expect(texts[5]).toMatch(/^Path: ROOT\/docs\n.*parent directory.*long\.txt/s)
    expect(texts[6]).toBe('That is all.')
  })
  test('finds words, from where it is, with stars, and the next', async () => {
    const { texts } = await read([
      ['open_path', { path: 'docs/long.txt' }],
      ['find_on_page_ctrl_f', { search_string: 'WORD2500' }],
      ['find_on_page_ctrl_f', { search_string: 'word10*' }],
      ['find_next', {}],
      ['find_on_page_ctrl_f', { search_string: 'nowhere' }]
    ])
    expect(texts[1]).toMatch(/page 5 of 6/)
    expect(texts[2]).toMatch(/page 1 of 6/)
    expect(texts[3]).toMatch(/page 2 of 6/)
    expect(texts[4]).toMatch(/page 2 of 6/)
  })
  test('shows HTML and tables as Markdown, and says what it cannot show', async () => {
    const { texts } = await read([
      ['open_path', { path: 'docs/page.html' }],
      ['open_path', { path: '/table.csv' }],
      ['open_path', { path: 'binary.bin' }],
      ['open_path', { path: 'nothing.txt' }]
    ])
    expect(texts[0]).toMatch(/\nTitle: A page\n.*=\n# Head$/s)
    expect(texts[1]).toMatch(/\| name \| size \|\n\| --- \| --- \|\n\| Kite, red \| 60 \|$/)
    expect(texts[2]).toMatch(/UnsupportedFormatException/)
    expect(texts[3]).toMatch(/File not found: ROOT\/nothing\.txt$/)
  })
  test('sees nothing outside of its folder, over links neither', async () => {
    const { texts } = await read([
      ['open_path', { path: '../../../etc/passwd' }],
      ['open_path', { path: '/etc/passwd' }],
      ['open_path', { path: 'away/passwd' }],
      ['open_path', { path: 'away' }]
    ])
    for (const text of texts) expect(text).toMatch(/File not found/)
  })
  test('tells of a call that it does not understand as its answer', async () => {
    const { texts } = await read([['delete', {}]])
    expect(texts[0]).toMatch(/^File surfing error:\n\nUnknown tool 'delete'/)
  })
  test('goes on where it was, from its saved state', async () => {
    const { team, root } = await read([['open_path', { path: 'docs/long.txt' }]])
    const registry = permit(new Registry(), { mcpCommands: [], codeExecution: false, files: root })
    const config = { participants: [surfer([['page_down', {}]])], max_turns: 1 }
    const other = registry.load<Team>(
      { provider: 'autogen_agentchat.teams.RoundRobinGroupChat', config },
      'team'
    )
    const state = JSON.parse(JSON.stringify(team.saveState()))
    state.agent_states.RoundRobinGroupChatManager.current_turn = 0
    other.loadState(state)
    const { messages } = await other.run({ task: 'More.' })
    expect((messages.at(-1) as TextMessage).content).toMatch(/page 2 of 6/)
  })
  test('is refused where the operator has named no folder, and is dumped as it was loaded', () => {
    expect(() => new Registry().load(surfer([]), 'agent')).toThrow(/--files FOLDER/)
    const registry = permit(new Registry(), { mcpCommands: [], codeExecution: false, files: '/tmp' })
    expect(dump(registry.load<object>(surfer(['x']), 'agent'))).toMatchObject(surfer(['x']))
  })
})

import { realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { TextMessage } from '../../src/machines/messages/index.ts'
import { permit } from '../../src/runtime/components/permissions.ts'
import { Registry } from '../../src/runtime/components/registry.ts'
import type { Team } from '../../src/runtime/team/team.ts'
import { hasBrowser } from '../support/browser.ts'
import { temporaryFolder } from '../support/command.ts'
import { canIsolate } from '../support/python.ts'
import { type Line, scripted } from '../support/scripted.ts'
import { webPages } from '../support/web-pages.ts'

const entry = (answer: unknown) => ({ reason: 'r', answer })
const ledger = (next: string, done = false) =>
  JSON.stringify({
    is_request_satisfied: entry(done),
    is_in_loop: entry(false),
    is_progress_being_made: entry(true),
    next_speaker: entry(next),
    instruction_or_question: entry(`Go on, ${next}.`)
  })

test.skipIf(!hasBrowser)(
  'a MagenticOne team surfs, reads files, writes code and runs it',
  async () => {
    const base = await webPages({ '/': '<title>Facts</title><p>The kite is 60 cm long.</p>' })
    const files = realpathSync(temporaryFolder())
    writeFileSync(join(files, 'notes.txt'), 'Kites are red.')
    const orchestrator: Line[] = [
      'facts',
      'plan',
      ...['surfer', 'files', 'coder', 'executor'].map((name) => ledger(name)),
      ledger('surfer', true),
      'All is known.'
    ]
    const agent = (provider: string, name: string, lines: Line[], more = {}) => ({
      provider: `autogen_ext.agents.${provider}`,
      config: { name, model_client: scripted(lines), ...more }
    })
    const team = {
      provider: 'autogen_agentchat.teams.MagenticOneGroupChat',
      config: {
        model_client: scripted(orchestrator),
        participants: [
          agent('web_surfer.MultimodalWebSurfer', 'surfer', [['visit_url', { url: base }]], {
            start_page: 'about:blank'
          }),
          agent('file_surfer.FileSurfer', 'files', [['open_path', { path: 'notes.txt' }]]),
          agent('magentic_one.MagenticOneCoderAgent', 'coder', ['```sh\necho $((40 + 2))\n```']),
          {
            provider: 'autogen_agentchat.agents.CodeExecutorAgent',
            config: {
              name: 'executor',
              code_executor: {
                provider: 'autogen_ext.code_executors.local.LocalCommandLineCodeExecutor',
                config: {}
              }
            }
          }
        ]
      }
    }
    const permissions = { mcpCommands: [], codeExecution: true, files, isolation: { unsafe: !canIsolate } }
    const loaded = permit(new Registry(), permissions).load<Team>(team, 'team')
    onTestFinished(() => loaded.close())
    const { messages } = await loaded.run({ task: 'Find out.' })
    const said = (name: string) => {
      const { content } = messages.find(({ source }) => source === name) as TextMessage
      return Array.isArray(content) ? String(content[0]) : content
    }
    expect(said('surfer')).toContain('The kite is 60 cm long.')
    expect(said('files')).toContain('Kites are red.')
    expect(said('executor')).toContain('42')
    expect((messages.at(-1) as TextMessage).content).toBe('All is known.')
  },
  90_000
)

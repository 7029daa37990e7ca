import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { expect, onTestFinished, test } from 'vitest'
import { root, runChild, startChild } from '../support/child.ts'
import { doorServer, duo, editors } from '../support/door-server.ts'
import { temporary } from '../support/run-server.ts'

/** A client that has started `troupe mcp` as an editor does. */
async function editor(args: string[], era: 'auto' | 'legacy' = 'auto') {
  const client = new Client(
    { name: 'editor', version: '1' },
    { capabilities: { elicitation: {} }, versionNegotiation: { mode: era } }
  )
  client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: { answer: 'Good.' } }))
  const command = join(root, 'bin/troupe')
  await client.connect(new StdioClientTransport({ command, args: ['mcp', ...args], stderr: 'ignore' }))
  onTestFinished(() => client.close())
  return client
}

test.each(['auto', 'legacy'] as const)(
  '`troupe mcp` opens the store and has an editor call its teams, whose persons are asked there (%s)',
  async (era) => {
    const { folder, remove } = await temporary()
    onTestFinished(remove)
    const before = await doorServer([editors('editors', ['A draft.'])], {
      database: `sqlite:${join(folder, 'troupe.db')}`
    })
    await before.close()
    const client = await editor(['--data-dir', folder], era)
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['editors'])
    const result = await client.callTool({ name: 'editors', arguments: { task: 'Write.' } })
    expect(result.structuredContent).toMatchObject({ status: 'complete' })
  }
)

test.each(['auto', 'legacy'] as const)(
  '`troupe mcp --url` is a bridge to a running server (%s)',
  async (era) => {
    const server = await doorServer([duo('duo'), editors('editors', ['A draft.'])])
    onTestFinished(() => server.close())
    const client = await editor(['--url', server.url], era)
    const result = await client.callTool({ name: 'editors', arguments: { task: 'Write.' } })
    expect(result.structuredContent).toMatchObject({ status: 'complete' })
    const { run } = result.structuredContent as { run: number }
    expect((await server.rest.get(`/runs/${run}`)).body.data.status).toBe('complete')
  }
)

test('`troupe mcp` says what to do where a server has the store, or an address is none', async () => {
  const { folder, remove } = await temporary()
  onTestFinished(remove)
  const troupe = join(root, 'bin/troupe')
  await using _ = await startChild(
    troupe,
    ['serve', '--port', '0', '--data-dir', folder],
    /^troupe listening/
  )
  const taken = await runChild(troupe, ['mcp', '--data-dir', folder])
  expect(taken).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('troupe mcp --url') })
  const wrong = await runChild(troupe, ['mcp', '--url', 'nonsense'])
  expect(wrong).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('"nonsense"') })
})

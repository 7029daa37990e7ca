import { expect, test } from 'vitest'
import { dump, Registry } from '../../src/runtime/components/registry.ts'

const load = (timeout: unknown) => {
  const server_params = { type: 'StreamableHttpServerParams', url: 'http://127.0.0.1:1/mcp', timeout }
  const loaded = new Registry().load<object>({
    provider: 'autogen_ext.tools.mcp.McpWorkbench',
    config: { server_params }
  })
  return (dump(loaded).config.server_params as { timeout: number }).timeout
}

test.each([
  [30, 30],
  ['30', 30],
  ['2.5', 2.5],
  ['PT30S', 30],
  ['PT5M', 300],
  ['PT1H0.5S', 3600.5]
])('a time of an MCP server may be written as %s', (written, seconds) => {
  expect(load(written)).toBe(seconds)
})
test.each([0, -1, 'PT', 'PT0S', 'soon', '', '-3', null, [5]])(
  'a time of an MCP server may not be %j',
  (written) => {
    expect(() => load(written)).toThrow(/server_params\.timeout/)
  }
)

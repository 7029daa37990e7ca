import { describe, expect, test } from 'vitest'
import { schemaCommand } from '../../src/cli/schema.ts'
import { Registry } from '../../src/runtime/components/registry.ts'

/** What the command prints. */
async function schema(...args: string[]) {
  const lines: string[] = []
  const errors: string[] = []
  const io = {
    stdout: (line: string) => lines.push(line),
    stderr: (text: string) => errors.push(text),
    isTerminal: false
  }
  const code = await schemaCommand(args, io)
  return { code, errors, json: lines.length > 0 ? JSON.parse(lines.join('\n')) : undefined }
}

describe('troupe schema', () => {
  test('writes a definition for every provider, and each reference leads to one', async () => {
    const { code, json } = await schema()
    expect(code).toBe(0)
    for (const { provider } of new Registry().types()) expect(json.$defs).toHaveProperty([provider])
    const references = JSON.stringify(json).matchAll(/"\$ref":"#\/\$defs\/([^"]+)"/g)
    for (const [, name] of references) expect(json.$defs).toHaveProperty([name!])
  })

  test('writes one provider with what it may hold, components inside it as references', async () => {
    const { json } = await schema('autogen_agentchat.teams.RoundRobinGroupChat')
    const { config } = json.$defs['autogen_agentchat.teams.RoundRobinGroupChat'].properties
    expect(config.required).toContain('participants')
    expect(JSON.stringify(config.properties.participants)).toContain('"#/$defs/agent"')
    expect(json.$defs).toHaveProperty(['autogen_agentchat.agents.AssistantAgent'])
  })

  test('refuses a provider that nobody knows', async () => {
    const { code, errors } = await schema('nope')
    expect([code, errors[0]]).toEqual([1, expect.stringContaining('"nope"')])
  })
})

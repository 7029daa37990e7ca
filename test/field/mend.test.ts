import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { validateCommand } from '../../src/cli/validate.ts'
import { filesOf, runCommandHere } from '../support/command.ts'
import { assistant, replayModel } from '../support/some-teams.ts'

test('validate --fix writes a provider whose module alone is wrong under its own name, and no other', async () => {
  const model = {
    provider: 'autogen_agentchat.models.openai.OpenAIChatCompletionClient',
    config: { model: 'gpt-4o' }
  }
  const other = { provider: 'mine.models.OpenAIChatCompletionClient', config: { model: 'gpt-4o' } }
  const at = filesOf({
    'a.json': assistant('a', model),
    'b.json': assistant('b', other),
    'c.json': assistant('c', replayModel([]))
  })
  const mended = await runCommandHere(validateCommand, at('a.json'), '--fix')
  expect(mended).toMatchObject({
    code: 0,
    out: expect.stringContaining('autogen_ext.models.openai.OpenAIChatCompletionClient')
  })
  expect(JSON.parse(readFileSync(at('a.json'), 'utf8')).config.model_client.provider).toBe(
    'autogen_ext.models.openai.OpenAIChatCompletionClient'
  )
  const refused = await runCommandHere(validateCommand, at('b.json'), '--fix')
  expect(refused).toMatchObject({
    code: 1,
    out: expect.stringContaining('mine.models.OpenAIChatCompletionClient')
  })
  expect(await runCommandHere(validateCommand, at('c.json'), '--fix')).toMatchObject({
    out: expect.stringContaining('valid, nothing to mend')
  })
})

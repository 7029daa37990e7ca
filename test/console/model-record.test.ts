import { expect, test } from 'vitest'
import { RecordShortener } from '../../src/protocol/model-records.ts'
import { ModelRecord } from '../../web/src/model/model-record.ts'

const said = (...contents: string[]) => contents.map((content) => ({ role: 'user', content }))
const call = (...contents: string[]) => ({
  type: 'LLMCall' as const,
  messages: said(...contents),
  response: { model: 'm', choices: [] },
  prompt_tokens: 7,
  completion_tokens: 3
})

test('the console shows each model call with all messages that the model was given', () => {
  const shortener = new RecordShortener()
  const records: ModelRecord[] = []
  const calls = [
    ['writer', call('a')],
    ['critic', call('x')],
    ['writer', call('a', 'b', 'c')],
    ['writer', call('a', 'd')]
  ] as const
  for (const [at, [agent, record]] of calls.entries()) {
    const text = JSON.stringify({ ...shortener.shorten(record, agent, at + 1), agent_id: agent })
    records.unshift(new ModelRecord(text, at + 1, records))
  }
  const shown = records.toReversed().map(({ whole }) => JSON.parse(whole))
  expect(shown).toEqual(calls.map(([agent_id, record]) => ({ ...record, agent_id })))
  expect(records[0]).toMatchObject({
    source: 'writer',
    model: 'm',
    usage: { prompt_tokens: 7, completion_tokens: 3 }
  })
})

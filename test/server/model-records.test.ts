import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RecordShortener, WholeRecords } from '../../src/protocol/model-records.ts'
import type { Server } from '../../src/server/app.ts'
import { openaiServer, says } from '../support/openai-server.ts'
import { RestClient } from '../support/rest-client.ts'
import { type Frame, RunClient } from '../support/run-client.ts'
import { newRun, serveHere } from '../support/run-server.ts'
import type { ScriptedServer } from '../support/scripted-server.ts'
import { assistant, roundRobin } from '../support/some-teams.ts'

let server: Server
let model: ScriptedServer

beforeAll(async () => {
  server = await serveHere()
  model = await openaiServer(says('A line.'))
})
afterAll(async () => {
  await server?.close()
  await model?.[Symbol.asyncDispose]()
})

const component = () => ({
  provider: 'autogen_ext.models.openai.OpenAIChatCompletionClient',
  config: { model: 'gpt-4o-mini', api_key: 'not-a-key', base_url: model.url }
})

/** Plays a run of `count` messages by two agents; its frames as the client with this query has them. */
async function play(count: number, query = '') {
  const run = await newRun(server.url)
  const client = await RunClient.connect(server.url, run, query)
  client.start(roundRobin([assistant('a', component()), assistant('b', component())], count + 1), 'Go.')
  await client.end()
  return { run, frames: client.frames }
}

const recordsIn = (messages: Frame[]) =>
  messages.filter(({ source }) => source === 'llm_call_event').map(({ content }) => JSON.parse(content))
const told = (frames: Frame[]) => recordsIn(frames.flatMap(({ data }) => (data ? [data] : [])))

describe('the record of a model call', () => {
  test('holds what is new since the one before of the same agent, and that one’s number [RECORD-1]', async () => {
    const { frames } = await play(6)
    const records = told(frames)
    expect(records.map(({ agent_id, messages, kept }) => [agent_id, messages.length, kept])).toEqual([
      ['a', 1, undefined],
      ['b', 2, undefined],
      ['a', 2, 1],
      ['b', 2, 2],
      ['a', 2, 3],
      ['b', 2, 4]
    ])
    const first = frames.find(({ data }) => data?.source === 'llm_call_event')!
    expect(records[2].after).toBe(first.seq)
    expect(records[2].response.usage.total_tokens).toBe(18)
  })

  test('is whole for those who ask for it, live, again, as events and as rows [RECORD-2]', async () => {
    const { run, frames } = await play(6, '?records=whole')
    const whole = told(frames)
    expect(whole.map(({ messages, kept, after }) => [messages.length, kept, after])).toEqual([
      [1, undefined, undefined],
      [2, undefined, undefined],
      [3, undefined, undefined],
      [4, undefined, undefined],
      [5, undefined, undefined],
      [6, undefined, undefined]
    ])
    expect(whole.map(({ messages }) => messages)).toEqual(
      model.asked.slice(-6).map(({ body }) => body.messages)
    )
    const later = await RunClient.connect(server.url, run, '?records=whole&after=7')
    await later.end()
    expect(later.frames[1]!.seq).toBe(8)
    expect(told(later.frames)).toEqual(whole.slice(-told(later.frames).length))
    const rest = new RestClient(server.url)
    const events = (await rest.get(`/runs/${run}/events?records=whole&after=9`)).body.data as Frame[]
    expect(events[0]!.seq).toBe(10)
    expect(told(events)).toEqual(whole.slice(-told(events).length))
    const rows = (await rest.get(`/runs/${run}/messages?records=whole`)).body.data as Frame[]
    expect(recordsIn(rows.map(({ config }) => config))).toEqual(whole)
    const short = (await rest.get(`/runs/${run}/messages`)).body.data as Frame[]
    expect(recordsIn(short.map(({ config }) => config))[2].kept).toBe(1)
  })
})

describe('shortened records', () => {
  const message = (content: string) => ({ role: 'user', content })
  const record = (...texts: string[]) => ({ type: 'LLMCall', messages: texts.map(message) })

  test('are whole again in the order in which they were made, whatever was told', () => {
    const shortener = new RecordShortener()
    const whole = new WholeRecords()
    const prompts = [
      ['s'],
      ['s', '1'],
      ['s', '1', '2'],
      ['s', '1', '2'],
      ['s', '2', '3'],
      ['x'],
      ['x', '1'],
      []
    ]
    for (const [seq, texts] of prompts.entries()) {
      const made = record(...texts)
      const short = { ...shortener.shorten(made, 'a', seq), agent_id: 'a' }
      expect(short.messages.length).toBeGreaterThanOrEqual(Math.min(1, texts.length))
      const frame = {
        type: 'message',
        data: { source: 'llm_call_event', content: JSON.stringify(short) },
        seq
      }
      const { data } = JSON.parse(whole.frame(JSON.stringify(frame)))
      expect(JSON.parse(data.content)).toEqual({ ...made, agent_id: 'a' })
    }
  })

  test('of a long conversation are as long as what is new', () => {
    const shortener = new RecordShortener()
    const texts: string[] = []
    let size = 0
    for (let turn = 0; turn < 200; turn++) {
      texts.push(`message number ${turn}`)
      size += JSON.stringify(shortener.shorten(record(...texts), 'a', turn)).length
    }
    expect(size).toBeLessThan(200 * 200)
  })

  test('are left as they are where they are none', () => {
    const whole = new WholeRecords()
    for (const text of ['{"type":"status"}', '{"data":{"source":"llm_call_event","content":"no JSON"}}'])
      expect(whole.frame(text)).toBe(text)
  })
})

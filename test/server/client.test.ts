import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Server } from '../../src/server/app.ts'
import { root, runChild } from '../support/child.ts'
import { type Loopback, startLoopback } from '../support/loopback.ts'
import { type Frame, RunClient } from '../support/run-client.ts'
import { newRun, readMessages, readRun, serveHere } from '../support/run-server.ts'
import { assistant, type Part, person, replayModel, roundRobin, streamer } from '../support/some-teams.ts'

let server: Server
let loopback: Loopback

beforeAll(async () => {
  server = await serveHere()
  loopback = await startLoopback()
})
afterAll(async () => {
  await server?.close()
  await loopback?.[Symbol.asyncDispose]()
})

interface Played {
  run: number
  frames: Frame[]
  end: { code: number }
}

/** What a script written for AutoGen Studio does: starts a run, answers what it is asked, reads to the end. */
async function play(team: Part, answers: string[] = []): Promise<Played> {
  const run = await newRun(server.url)
  const client = await RunClient.connect(server.url, run, '?token=null')
  client.ws.on('message', (data) => {
    if (JSON.parse(String(data)).type === 'input_request')
      client.send({ type: 'input_response', response: answers.shift() })
  })
  client.start(team, 'Write a line.')
  const end = await client.end()
  return { run, frames: client.frames, end }
}

const typesOf = (frames: Frame[]) =>
  frames.map(({ type }) => type).filter((type) => type !== 'status' && type !== 'event')
const sourcesOf = (messages: Frame[]) => messages.map(({ source }) => source)

describe('a client made for AutoGen Studio', () => {
  test('a client made for AutoGen Studio answers a person’s part and ends at the result', async () => {
    const writer = assistant('writer', replayModel(['A draft.', 'A better draft.']))
    const { run, frames, end } = await play(roundRobin([writer, person()], 5), ['More colour.', 'Good.'])
    expect(typesOf(frames)).toEqual([
      'system',
      'message',
      'message',
      'input_request',
      'message',
      'message',
      'input_request',
      'message',
      'result'
    ])
    expect(frames[0]).toMatchObject({ status: 'connected', timestamp: expect.any(String) })
    const said = frames.filter(({ type }) => type === 'message').map(({ data }) => data)
    expect(said.map(({ source, content }) => [source, content])).toEqual([
      ['user', 'Write a line.'],
      ['writer', 'A draft.'],
      ['person', 'More colour.'],
      ['writer', 'A better draft.'],
      ['person', 'Good.']
    ])
    const { status, data } = frames.at(-1)!
    expect({ status, usage: data.usage, duration: data.duration }).toEqual({
      status: 'complete',
      usage: '',
      duration: expect.any(Number)
    })
    expect(data.task_result.stop_reason).toBe(
      'Maximum number of messages 5 reached, current message count: 5'
    )
    expect(data.task_result.messages.filter(({ type }: Frame) => type !== 'UserInputRequestedEvent')).toEqual(
      said
    )
    expect(end).toMatchObject({ code: 1000 })
    const row = await readRun(server.url, run)
    expect(row).toMatchObject({ status: 'complete', team_result: data })
  })

  test('a client gets each chunk of an answer, then the whole with the same id [FRAME-6]', async () => {
    const { frames } = await play(streamer(['one', 'two', 'three'], 0))
    expect(typesOf(frames)).toEqual([
      'system',
      'message',
      'message_chunk',
      'message_chunk',
      'message_chunk',
      'message',
      'result'
    ])
    const chunks = frames.filter(({ type }) => type === 'message_chunk').map(({ data }) => data)
    const whole = frames.findLast(({ type }) => type === 'message')!.data
    expect(chunks.map(({ content }) => content).join('')).toBe(whole.content)
    for (const { full_message_id, type } of chunks)
      expect({ full_message_id, type }).toEqual({
        full_message_id: whole.id,
        type: 'ModelClientStreamingChunkEvent'
      })
  })

  test('records of model calls are in frames and rows, and not in the result [FRAME-4]', async () => {
    const model = {
      provider: 'autogen_ext.models.openai.OpenAIChatCompletionClient',
      config: {
        model: 'gpt-4o-mini',
        api_key: 'not-a-key',
        base_url: `http://127.0.0.1:${loopback.modelPort}/v1`
      }
    }
    const { run, frames } = await play(roundRobin([assistant('a', model), assistant('b', model)], 3))
    const { messages } = frames.at(-1)!.data.task_result
    expect(sourcesOf(messages)).toEqual(['user', 'a', 'b'])
    const all = ['user', 'llm_call_event', 'a', 'llm_call_event', 'b']
    const told = frames.filter(({ type }) => type === 'message')
    expect(sourcesOf(told.map(({ data }) => data))).toEqual(all)
    expect(sourcesOf((await readMessages(server.url, run)).map(({ config }) => config))).toEqual(all)
    expect(JSON.parse(told[1]!.data.content)).toMatchObject({ type: 'LLMCall', agent_id: 'a' })
  })
})

describe('the examples', () => {
  const file = (name: string) => join(root, 'examples', name)

  test('the example client.ts starts a run and prints what it says', async () => {
    const { code, stdout, stderr } = await runChild(process.execPath, [file('client.ts'), server.url])
    expect({ code, stderr: stderr.replace(/^.*(ExperimentalWarning|--trace-warnings).*\n/gm, '') }).toEqual({
      code: 0,
      stderr: ''
    })
    const lines = stdout.trim().split('\n')
    expect(lines[0]).toBe('user What is 25 * 17?')
    expect(lines.map((line) => line.split(' ')[0])).toEqual([
      'user',
      'solver',
      'checker',
      'solver',
      'checker'
    ])
  })

  test('the example client.py is the one in the documents', async () => {
    const start = await readFile(join(root, 'docs/start.md'), 'utf8')
    expect(start).toContain(await readFile(file('client.py'), 'utf8'))
  })
})

import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Server } from '../../src/server/app.ts'
import { AuthConfig } from '../../src/server/auth/config.ts'
import { CachedCount } from '../../src/server/metrics/cached-count.ts'
import { jwt_secret, tokens } from '../support/forged-tokens.ts'
import { RunClient } from '../support/run-client.ts'
import { newRun, serveHere } from '../support/run-server.ts'
import { roundRobin, talkers } from '../support/some-teams.ts'

/** An address of this machine that is not loopback; undefined where it has none. */
const elsewhere = Object.values(networkInterfaces())
  .flat()
  .find((at) => at && !at.internal && at.family === 'IPv4')?.address

const scrape = async (url: string, headers: Record<string, string> = {}) => {
  const answer = await fetch(`${url}/metrics`, { headers })
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() }
}

/** The value of a line: `troupe_runs{status="complete"}`. */
const readingOf = (text: string, line: string) =>
  Number(
    text
      .split('\n')
      .find((each) => each.startsWith(`${line} `))
      ?.slice(line.length + 1) ?? Number.NaN
  )

describe('the metrics of a server', () => {
  let server: Server
  let text: string
  beforeAll(async () => {
    server = await serveHere()
    const client = await RunClient.connect(server.url, await newRun(server.url))
    client.start(talkers(4))
    await client.next('result')
    const broken = await RunClient.connect(server.url, await newRun(server.url))
    broken.send({ type: 'no such type' })
    await broken.next('error')
    broken.start({ provider: 'none', config: {} })
    await broken.next('completion')
    await fetch(`${server.url}/api/runs/9999`)
    await newRun(server.url)
    ;({ text } = await scrape(server.url))
  })
  afterAll(() => server.close())

  test('have names that begin with troupe_, each with its type and a sentence [METRIC-1]', () => {
    const names = text.split('\n').flatMap((line) => /^[a-z]\w*/i.exec(line)?.[0] ?? [])
    expect(names.length).toBeGreaterThan(100)
    expect(names.filter((name) => !name.startsWith('troupe_'))).toEqual([])
    for (const name of new Set(names.map((name) => name.replace(/_(bucket|sum|count)$/, ''))))
      expect([name, text.includes(`# HELP ${name} `) || text.includes(`# HELP ${name}`)]).toEqual([
        name,
        true
      ])
  })

  test.each([
    ['troupe_runs{status="complete"}', 1],
    ['troupe_runs{status="error"}', 1],
    ['troupe_runs{status="created"}', 1],
    ['troupe_runs_started_total', 2],
    ['troupe_runs_ended_total{status="complete"}', 1],
    ['troupe_runs_ended_total{status="error"}', 1],
    ['troupe_messages_total', 5],
    ['troupe_model_calls_total{provider="replay",outcome="ok"}', 4],
    ['troupe_errors_total{code="bad_frame"}', 1],
    ['troupe_errors_total{code="bad_component"}', 1],
    ['troupe_http_requests_total{method="GET",status="404"}', 1],
    ['troupe_sockets_opened_total', 2],
    ['troupe_store_failing', 0],
    ['troupe_queue_depth{queue="commit"}', 0],
    ['troupe_build_info{version="0"}', 1]
  ])('tell %s', (line, value) => expect([line, readingOf(text, line)]).toEqual([line, value]))

  test('tell tokens by provider and kind', () => {
    expect(readingOf(text, 'troupe_tokens_total{provider="replay",kind="completion"}')).toBeGreaterThan(0)
  })

  test.each(['commit', 'model_call'])('tell how long a %s takes, as a histogram', (name) => {
    const metric = `troupe_${name}_duration_seconds`
    const count = readingOf(text, `${metric}_count`)
    expect(count).toBeGreaterThan(0)
    expect(readingOf(text, `${metric}_bucket{le="+Inf"}`)).toBe(count)
    expect(readingOf(text, `${metric}_sum`)).toBeGreaterThan(0)
  })

  test('tell how late the event loop is', async () => {
    const late = async () => readingOf((await scrape(server.url)).text, 'troupe_loop_delay_seconds_count')
    await expect.poll(late, { timeout: 5_000 }).toBeGreaterThan(0)
  })

  test('count chunks', async () => {
    const team = roundRobin(
      [
        {
          provider: 'autogen_agentchat.agents.AssistantAgent',
          config: {
            name: 'streamer',
            model_client_stream: true,
            model_client: {
              provider: 'autogen_ext.models.replay.ReplayChatCompletionClient',
              config: { chat_completions: ['one two three'] }
            }
          }
        }
      ],
      2
    )
    const client = await RunClient.connect(server.url, await newRun(server.url))
    client.start(team)
    await client.next('message_chunk')
    await client.next('result')
    expect(readingOf((await scrape(server.url)).text, 'troupe_chunks_total')).toBeGreaterThan(0)
  })
})

describe('metrics are read', () => {
  const auth = AuthConfig.parse({ type: 'jwt', jwt_secret })
  const start = async (options: { metricsToken?: string; host?: string }) => {
    const server = await serveHere({ auth, ...options })
    onTestFinished(() => server.close())
    return server.url
  }
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

  test('from this machine without a token [METRIC-2]', async () => {
    expect(await scrape(await start({}))).toMatchObject({ status: 200, type: /^text\/plain/ })
  })

  test('through a proxy by admins only, wherever the proxy is [METRIC-3]', async () => {
    const url = await start({})
    const proxied = { 'x-forwarded-for': '203.0.113.7' }
    expect((await scrape(url, proxied)).status).toBe(401)
    expect((await scrape(url, { ...proxied, ...bearer(tokens.alice) })).status).toBe(403)
    expect((await scrape(url, { ...proxied, ...bearer(tokens.root) })).status).toBe(200)
  })

  test.skipIf(!elsewhere)('from elsewhere by the token of --metrics-token, and by admins', async () => {
    const url = (await start({ host: '0.0.0.0', metricsToken: 'scraper-token' })).replace(
      '0.0.0.0',
      elsewhere!
    )
    expect((await scrape(url)).status).toBe(401)
    expect((await scrape(url, bearer('another-token'))).status).toBe(401)
    expect((await scrape(url, bearer(tokens.bob))).status).toBe(403)
    expect((await scrape(url, bearer('scraper-token'))).status).toBe(200)
    expect((await scrape(url, bearer(tokens.root))).status).toBe(200)
  })

  test.skipIf(!elsewhere)('from elsewhere by the token only where authentication is off', async () => {
    const options = { host: '0.0.0.0', insecure: true, metricsToken: 'scraper-token' }
    const server = await serveHere(options)
    onTestFinished(() => server.close())
    const url = server.url.replace('0.0.0.0', elsewhere!)
    expect((await scrape(url)).status).toBe(403)
    expect((await scrape(url, bearer('scraper-token'))).status).toBe(200)
  })
})

test('a count that takes long is made seldom', async () => {
  let made = 0
  const counts = new CachedCount(async () => ({ made: ++made }))
  expect(await counts.get()).toEqual({ made: 1 })
  expect(await counts.get()).toEqual({ made: 1 })
  let fails = true
  const shaky = new CachedCount(async () => {
    if (fails) throw new Error('The store cannot be read.')
    return { made: 1 }
  })
  await expect(shaky.get()).rejects.toThrow()
  fails = false
  expect(await shaky.get()).toEqual({ made: 1 })
})

test('a server is ready until it closes, and says so without a token [REST-30]', async () => {
  const server = await serveHere({ auth: AuthConfig.parse({ type: 'jwt', jwt_secret }) })
  const ready = async () => fetch(`${server.url}/api/ready`)
  expect(await (await ready()).json()).toEqual({ status: true, message: 'Service is ready' })
  const closing = server.runtime.close()
  const answer = await ready()
  expect([answer.status, await answer.json()]).toEqual([
    503,
    { status: false, message: 'The server is closing.' }
  ])
  expect((await fetch(`${server.url}/api/health`)).status).toBe(200)
  await closing
  await server.close()
})

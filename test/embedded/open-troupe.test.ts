import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openTroupe, type RunEvent, sqlite } from '../../src/embedded/index.ts'
import { AssistantAgent, RoundRobinGroupChat, replay, UserProxyAgent } from '../../src/index.ts'
import { temporary } from '../support/run-server.ts'
import { bankHere, deskFor, refund, talk } from './desk.ts'

/** A file for one test. */
async function file(): Promise<string> {
  const { folder, remove } = await temporary()
  onTestFinished(remove)
  return join(folder, 'desk.db')
}

async function all(events: AsyncIterable<RunEvent>): Promise<RunEvent[]> {
  const found: RunEvent[] = []
  for await (const event of events) found.push(event)
  return found
}

/** Reads until a run asks a person. */
async function untilAsked(events: AsyncIterable<RunEvent>): Promise<RunEvent[]> {
  const found: RunEvent[] = []
  for await (const event of events) {
    found.push(event)
    if (event.type === 'status' && event.status === 'awaiting_input') break
  }
  return found
}

describe('a run in a program', () => {
  test('gives what team.run() gives', async () => {
    await using troupe = await openTroupe({
      store: sqlite(':memory:'),
      teams: { talk: () => talk('One.', 'Two.') }
    })
    const run = await troupe.start('talk', 'Talk.', { user: 'ann' })
    const { messages, ...result } = await run.result()
    const { messages: expected, ...own } = await talk('One.', 'Two.').run('Talk.')
    expect(result).toEqual(own)
    const said = (all: typeof messages) =>
      all.map(({ source, ...rest }) => [source, 'content' in rest && rest.content])
    expect(said(messages)).toEqual(said(expected))
    expect(run.status).toBe('complete')
  })

  test('is followed by its frames from any number on, and they end with it', async () => {
    await using troupe = await openTroupe({
      store: sqlite(':memory:'),
      teams: { talk: () => talk('One.', 'Two.') }
    })
    const run = await troupe.start('talk', 'Talk.')
    const live = await all(run.events({ after: 0 }))
    const log = live.filter((event) => 'seq' in event)
    expect(log.map(({ seq }) => seq)).toEqual(log.map((_, i) => i + 1))
    expect(log.at(-1)).toMatchObject({ type: 'result', run_id: run.id })
    const again = await all(run.events({ after: log.length - 2 }))
    expect(again.map((event) => 'seq' in event && event.seq)).toEqual([log.length - 1, log.length])
    await expect(all(run.events({ after: 99 }))).rejects.toMatchObject({ code: 'bad_cursor' })
  })

  test('fails with what its team has failed with', async () => {
    await using troupe = await openTroupe({
      store: sqlite(':memory:'),
      teams: { talk: () => talk('One.', 'Two.') }
    })
    const run = await troupe.start({ provider: 'nobody.Knows', config: {} }, 'Talk.')
    await expect(run.result()).rejects.toMatchObject({ code: 'bad_component' })
    expect(run.status).toBe('error')
  })

  test('has a team of its own, also where one team was given for all', async () => {
    await using troupe = await openTroupe({
      store: sqlite(':memory:'),
      teams: { talk: talk('One.', 'Two.') }
    })
    const runs = await Promise.all([1, 2, 3].map(() => troupe.start('talk', 'Talk.')))
    const results = await Promise.all(runs.map((run) => run.result()))
    expect(results.map(({ output }) => output)).toEqual(['Two.', 'Two.', 'Two.'])
  })
})

describe('a question to a person', () => {
  test('is listed for its user, approved in a later opening of the store, and repeats nothing', async () => {
    const path = await file()
    const { bank, paid, keys } = bankHere()
    const open = () =>
      openTroupe({ store: sqlite(path), teams: { desk: deskFor(5000) }, tools: [refund], context: { bank } })
    const first = await open()
    const { id } = await first.start('desk', 'Refund order 7', { user: 'ann' })
    await untilAsked((await first.run(id)).events())
    await first.close()

    await using later = await open()
    expect(await later.pending({ user: 'bob' })).toEqual([])
    const asks = await later.pending({ user: 'ann' })
    expect(asks).toMatchObject([{ kind: 'approval', call: { name: 'refund' }, deadline: null, run: { id } }])
    expect((await later.runs({ user: 'ann', status: 'awaiting_input' })).map((run) => run.id)).toEqual([id])
    await asks[0]!.approve()
    const run = await later.run(id)
    const result = await run.result()
    expect(result).toMatchObject({ status: 'done', output: 'Refunded.' })
    expect(result.usage).toMatchObject({ calls: 2, prompt_tokens: expect.any(Number) })
    expect([paid, keys.length]).toEqual([['7'], 1])
    await expect(asks[0]!.approve()).rejects.toMatchObject({ code: 'not_started' })
  })

  test('may be rejected, and the model is told why', async () => {
    const { bank, paid } = bankHere()
    await using troupe = await openTroupe({
      ...{ store: sqlite(':memory:'), teams: { desk: deskFor(5000) }, tools: [refund], context: { bank } }
    })
    const run = await troupe.start('desk', 'Refund order 7')
    await untilAsked(run.events())
    await (await troupe.pending())[0]!.reject('Too much.')
    const { messages } = await run.result()
    expect(JSON.stringify(messages)).toContain('Too much.')
    expect(paid).toEqual([])
  })

  test('of a user proxy is answered with a text', async () => {
    const person = () => new RoundRobinGroupChat([new UserProxyAgent('person')], { maxTurns: 1 })
    await using troupe = await openTroupe({ store: sqlite(':memory:'), teams: { person } })
    const run = await troupe.start('person', 'Well?')
    await untilAsked(run.events())
    const [ask] = await run.pending()
    expect(ask).toMatchObject({ kind: 'input', source: 'person' })
    await expect(ask!.approve()).rejects.toMatchObject({ code: 'wrong_answer' })
    await ask!.answer('Well.')
    expect((await run.result()).output).toBe('Well.')
  })
})

describe('a run is steered', () => {
  const person = () => new RoundRobinGroupChat([new UserProxyAgent('person')], { maxTurns: 3 })

  test('by pausing, resuming and stopping it', async () => {
    await using troupe = await openTroupe({ store: sqlite(':memory:'), teams: { person } })
    const run = await troupe.start('person', 'Well?')
    await untilAsked(run.events())
    await run.pause()
    expect(run.status).toBe('paused')
    await run.resume()
    expect(run.status).toBe('awaiting_input')
    await run.stop('Enough.')
    expect(await run.result()).toMatchObject({ status: 'stopped', stopReason: 'Enough.' })
    await run.stop()
    await expect(run.pause()).rejects.toMatchObject({ code: 'not_started' })
  })

  test('into another run from one of its turns, as it was or with something else said there', async () => {
    await using troupe = await openTroupe({
      store: sqlite(':memory:'),
      teams: { talk: () => talk('One.', 'Two.', 'Three.', 'Four.') }
    })
    const run = await troupe.start('talk', 'Talk.', { user: 'ann' })
    await run.result()
    expect((await run.turns()).map(({ turn }) => turn)).toEqual([0, 1, 2, 3, 4])
    const same = await run.fork({ turn: 2 })
    expect((await same.result()).output).toBe('Four.')
    const other = await run.fork({ turn: 2, edit: { message: 'Zwei.' } })
    expect(JSON.stringify(await other.state())).toContain('Zwei.')
    expect(JSON.stringify(await other.state())).not.toContain('Two.')
    expect(JSON.stringify(await run.state({ turn: 2 }))).toContain('Two.')
    expect(other.user).toBe('ann')
    await expect(run.fork({ turn: 9 })).rejects.toMatchObject({ code: 'unknown_turn' })
  })
})

describe('opening a runtime', () => {
  test('refuses options, teams and names that do not exist, and names the right word', async () => {
    const store = sqlite(':memory:')
    await expect(openTroupe({ store, team: {} } as never)).rejects.toThrow('Did you mean "teams"?')
    await using troupe = await openTroupe({ store, teams: { desk: () => talk('One.') } })
    await expect(troupe.start('desk', 'Go.', { users: 'ann' } as never)).rejects.toThrow(
      'Did you mean "user"?'
    )
    await expect(troupe.start('desc' as never, 'Go.')).rejects.toThrow('Did you mean "desk"?')
    await expect(troupe.run(7)).rejects.toMatchObject({ code: 'unknown_run' })
  })

  test('refuses a team that cannot be made again, and says how it can', async () => {
    class Clerk extends AssistantAgent {}
    const team = new RoundRobinGroupChat([new Clerk({ name: 'clerk', model: replay(['Hi.']) })], {
      maxTurns: 1
    })
    await expect(openTroupe({ store: sqlite(':memory:'), teams: { desk: team } })).rejects.toThrow(
      'teams: { desk: () => … }'
    )
  })

  test('refuses a file that another runtime has, and takes it when that is closed', async () => {
    const path = await file()
    const first = await openTroupe({ store: sqlite(path) })
    await expect(openTroupe({ store: sqlite(path) })).rejects.toThrow('in use')
    await first.close()
    await (await openTroupe({ store: sqlite(path) })).close()
  })

  test('keeps several runtimes apart in one process', async () => {
    const open = (text: string) =>
      openTroupe({ store: sqlite(':memory:'), teams: { talk: () => talk(text) } })
    await using one = await open('One.')
    await using two = await open('Two.')
    const runs = [await one.start('talk', 'Talk.'), await two.start('talk', 'Talk.')]
    expect(runs.map(({ id }) => id)).toEqual([1, 1])
    expect(await Promise.all(runs.map(async (run) => (await run.result()).output))).toEqual(['One.', 'Two.'])
  })

  test('is closed at once for those who follow a run or wait for it', async () => {
    const person = () => new RoundRobinGroupChat([new UserProxyAgent('person')], { maxTurns: 3 })
    const troupe = await openTroupe({ store: sqlite(':memory:'), teams: { person } })
    const run = await troupe.start('person', 'Well?')
    const followed = all(run.events())
    const awaited = run.result().catch((error) => error)
    await untilAsked(run.events())
    await troupe.close()
    expect((await followed).at(-1)).toMatchObject({ type: 'input_request' })
    expect(await awaited).toMatchObject({ code: 'closing' })
    await troupe.close()
  })
})

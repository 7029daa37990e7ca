import { newRun } from '../support/run-server.ts'
import { type Part, roundRobin } from '../support/some-teams.ts'
import type { Dice } from './dice.ts'
import { KnownLog } from './known-log.ts'
import { faithful } from './script.ts'
import type { Service } from './service.ts'
import type { Tally } from './tally.ts'
import type { Theatre } from './theatre.ts'
import { Visitor } from './visitor.ts'

/** How many pieces of 300 kB, 40 ms apart, are more than a line takes, and two seconds longer. */
const ENOUGH = 160
/** How many clients sleep at once. */
const AT_ONCE = 8

interface FloodOptions {
  theatre: Theatre
  service: Service
  tally: Tally
  dice: Dice
}

/** Has so many clients fall asleep over a run that says too much; they are thrown out, come back, and miss nothing. */
export async function flood(sleepers: number, options: FloodOptions): Promise<void> {
  for (let left = sleepers; left > 0; left -= AT_ONCE) await floodOnce(Math.min(left, AT_ONCE), options)
}

async function floodOnce(sleepers: number, { theatre, service, tally, dice }: FloodOptions): Promise<void> {
  const run = await newRun(theatre.url, theatre.session)
  const log = new KnownLog()
  const common = { theatre, run, log, dice, tally }
  const habits = { ...faithful, sleeps: true }
  const asleep = Array.from({ length: sleepers }, () => new Visitor({ ...common, habits }))
  let pieces = 0
  const ear = {
    system: () =>
      log.length === 0 &&
      awake.send({ type: 'start', task: 'Go.', team_config: chatterbox(service, theatre.name) }),
    chunk() {
      if (++pieces !== ENOUGH) return
      for (const visitor of asleep) visitor.wake()
      awake.send({ type: 'stop' })
    }
  }
  const awake = new Visitor({ ...common, habits: faithful, ear })
  await Promise.all([awake, ...asleep].map((visitor) => visitor.follow()))
  for (const visitor of asleep) visitor.settle()
}

/** Somebody who never comes to an end. */
const chatterbox = ({ port }: Service, world: string): Part => {
  const base_url = `http://127.0.0.1:${port}/${world}/flood`
  const model_client = {
    provider: 'autogen_ext.models.openai.OpenAIChatCompletionClient',
    config: { model: 'gpt-4o', api_key: 'none', base_url }
  }
  const config = { name: 'chatterbox', model_client, model_client_stream: true }
  return roundRobin([{ provider: 'autogen_agentchat.agents.AssistantAgent', config }], 2)
}

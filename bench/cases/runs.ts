import type { Bench, Case } from '../case.ts'
import { perCpu, percentiles } from '../figures.ts'
import { Meter } from '../meter.ts'
import { pinged } from '../pinger.ts'
import { talk } from '../teams.ts'
import { Tally, wave } from '../waves.ts'

/** Many short runs at once, as performance.md asks: figures of messages, first frames and pings in one run. */
export const runs: Case = {
  name: 'runs',
  about: 'runs at once, two replay agents each, after a warm-up; waves until `least` messages are measured',
  params: { runs: 200, messages: 20, warmup: 20_000, least: 20_000 },
  async measure(bench) {
    const { runs, messages } = bench.params as { runs: number; messages: number }
    const team = talk(messages)
    await until(bench.params.warmup!, (tally) => wave(bench, team, runs, tally, false))
    const whole = new Meter(bench.server)
    const tally = new Tally()
    const measured = () => until(bench.params.least!, (tally) => wave(bench, team, runs, tally), tally)
    const pings = await pinged(bench, () => whole.during(measured))
    const withSetup = { messages_per_cpu_s_with_setup: tally.messages / whole.serverCpu }
    return { ...figures(bench, tally), ...withSetup, ...pings }
  }
}

async function until(
  messages: number,
  next: (tally: Tally) => Promise<void>,
  tally = new Tally()
): Promise<void> {
  while (tally.messages < messages) {
    const before = tally.messages
    await next(tally)
    if (tally.messages === before) throw new Error('a whole wave brought no message')
  }
}

function figures({ meter, params }: Bench, tally: Tally) {
  return {
    ...perCpu('message', tally.messages, meter.serverCpu),
    messages_per_s: tally.messages / meter.wall,
    ...percentiles('first_agent_message', tally.firstAgentMessage),
    ...percentiles('first_message', tally.firstMessage),
    missing_messages: tally.runs * params.messages! - tally.messages,
    unfinished_runs: tally.unfinished
  }
}

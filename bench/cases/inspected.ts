import type { Bench, Case } from '../case.ts'
import { median, perCpu } from '../figures.ts'
import { Inspector } from '../inspector.ts'
import { Meter } from '../meter.ts'
import { talk } from '../teams.ts'
import { Tally, wave } from '../waves.ts'

/** What it costs everybody that some runs are looked at: waves with and without, one after the other. */
export const inspected: Case = {
  name: 'inspected',
  about:
    'runs at once, `watched` of them inspected in every other wave; the cost of a message against none (not for Studio)',
  params: { runs: 200, messages: 20, watched: 1, warmup: 4, pairs: 10 },
  async measure(bench) {
    const { pairs, warmup, watched } = bench.params as Record<'pairs' | 'warmup' | 'watched', number>
    for (let at = 0; at < warmup; at++) await play(bench, at % 2 ? watched : 0)
    const waves = { plain: [] as Wave[], inspected: [] as Wave[] }
    for (let at = 0; at < pairs; at++) {
      // Whoever comes second finds a fuller heap.
      const both = [['plain', 0] as const, ['inspected', watched] as const]
      for (const [name, count] of at % 2 ? both.reverse() : both) waves[name].push(await play(bench, count))
    }
    return figures(bench, waves)
  }
}

interface Wave {
  tally: Tally
  cpu: number
  events: number
}

async function play(bench: Bench, watched: number): Promise<Wave> {
  const { runs, messages } = bench.params as { runs: number; messages: number }
  const [meter, tally] = [new Meter(bench.server), new Tally()]
  let inspectors: Inspector[] = []
  const look = async (ids: readonly string[]) => {
    inspectors = await Promise.all(ids.slice(0, watched).map((id) => Inspector.attach(bench.server.url, id)))
    return { ended: Promise.all(inspectors.map(({ ended }) => ended)).then(() => {}) }
  }
  await bench.meter.during(() => wave({ ...bench, meter }, talk(messages), runs, tally, true, look))
  const events = inspectors.reduce((sum, one) => sum + one.events, 0)
  return { tally, cpu: meter.serverCpu, events }
}

const sum = (numbers: number[]): number => numbers.reduce((all, one) => all + one, 0)
const costOf = ({ tally, cpu }: Wave): number => cpu / tally.messages

function figures({ params }: Bench, { plain, inspected }: Record<'plain' | 'inspected', Wave[]>) {
  const all = [...plain, ...inspected]
  const ratios = plain.map((wave, at) => costOf(inspected[at]!) / costOf(wave))
  const cost = (waves: Wave[]) =>
    perCpu('message', sum(waves.map(({ tally }) => tally.messages)), sum(waves.map(({ cpu }) => cpu)))
  return {
    plain_cpu_us_per_message: cost(plain).cpu_us_per_message!,
    inspected_cpu_us_per_message: cost(inspected).cpu_us_per_message!,
    inspected_to_plain_median: median(ratios),
    inspected_to_plain_sum: sum(inspected.map(costOf)) / sum(plain.map(costOf)),
    inspection_events: sum(inspected.map(({ events }) => events)),
    missing_messages: sum(all.map(({ tally }) => tally.runs * params.messages! - tally.messages)),
    unfinished_runs: sum(all.map(({ tally }) => tally.unfinished))
  }
}

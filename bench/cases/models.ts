import type { Case } from '../case.ts'
import { type Figures, percentiles } from '../figures.ts'
import { type Target, Targets } from '../models/targets.ts'
import { calling, streaming, talking } from '../models/teams.ts'
import type { Component } from '../teams.ts'
import { wave } from '../waves.ts'

/** What one of these cases consists of. */
interface Work {
  name: string
  about: string
  params: Record<string, number>
  flags?: string[]
  /** Of what the server's CPU is counted, and how much of it a run brings. */
  unit: 'message' | 'chunk' | 'run'
  perRun(params: Record<string, number>): number
  team(url: string, params: Record<string, number>): Component
}

/**
 * The same waves of runs by everyone in turn, so that ratios are of one time on one machine. One is counted when a run
 * has ended with its result: what did not end makes the case fail.
 */
const modelCase = ({ unit, perRun, team, ...rest }: Work): Case => ({
  ...rest,
  params: { warmup: 4, rounds: 6, ...rest.params },
  async measure(bench) {
    const targets = await Targets.start(bench)
    try {
      await rounds(targets, team(targets.model.url, bench.params), bench.params)
      return figuresOf(targets.all, unit, perRun(bench.params))
    } finally {
      await targets.stop()
    }
  }
})

async function rounds(targets: Targets, team: Component, params: Record<string, number>): Promise<void> {
  const round = async (measured: boolean) => {
    for (const one of targets.all) await wave(one.bench, team, params.runs!, one.tally, measured)
  }
  for (let at = 0; at < params.warmup!; at++) await round(false)
  targets.count()
  for (let at = 0; at < params.rounds!; at++) await round(true)
}

function figuresOf(targets: readonly Target[], unit: Work['unit'], perRun: number): Figures {
  const rates = targets.map(({ tally, bench }) => (tally.runs * perRun) / bench.meter.serverCpu)
  const floor = rates[targets.findIndex(({ name }) => name === 'floor')]!
  const each = targets.map(({ name, tally, bench }, index): Figures => {
    if (tally.unfinished > 0) throw new Error(`${name}: ${tally.unfinished} runs did not end with a result`)
    const words = unit === 'chunk' ? tally.firstChunk : tally.firstAgentMessage
    const { first_words_p50_ms, first_words_p95_ms } = percentiles('first_words', words)
    return {
      [`${name}_${unit}s_per_cpu_s`]: rates[index]!,
      [`${name}_cpu_us_per_${unit}`]: 1e6 / rates[index]!,
      [`${name}_to_floor`]: rates[index]! / floor,
      [`${name}_first_words_p50_ms`]: first_words_p50_ms!,
      [`${name}_first_words_p95_ms`]: first_words_p95_ms!,
      [`${name}_rss_peak_mb`]: bench.meter.memory().rss_peak_mb
    }
  })
  return Object.assign({}, ...each)
}

const messages = (name: string, runs: number) =>
  modelCase({
    name,
    about:
      'real model calls: runs at once of `messages` messages by two agents, not streamed; Troupe, floors, peers',
    params: { runs, messages: 20 },
    unit: 'message',
    perRun: (params) => params.messages!,
    team: (url, params) => talking(url, params.messages!)
  })

const streamed = (name: string, runs: number, answers: number, every: number) =>
  modelCase({
    name,
    about:
      'real model calls: runs at once that stream answers, a chunk every so many ms (0: as fast as possible)',
    params: { runs, answers, chunks: 100, every },
    unit: 'chunk',
    perRun: (params) => params.answers! * params.chunks!,
    team: (url, params) => streaming(url, params.answers!, params.chunks!, params.every!)
  })

const tools = modelCase({
  name: 'models-tools',
  about:
    'real model calls: runs at once of `calls` tool calls one after the other, and an answer; counts model calls',
  params: { runs: 200, calls: 5 },
  unit: 'message',
  perRun: (params) => params.calls! + 1,
  team: (url, params) => calling(url, params.calls!)
})

const alone = modelCase({
  name: 'models-alone',
  about:
    'real model calls: one run at a time, one answer of one message; what a run costs and when it is heard',
  params: { runs: 1, warmup: 300, rounds: 300 },
  unit: 'run',
  perRun: () => 1,
  team: (url) => talking(url, 1)
})

/** The cases with real model calls. */
export const modelCases: readonly Case[] = [
  messages('models-messages-50', 50),
  messages('models-messages-200', 200),
  streamed('models-streamed', 200, 5, 10),
  streamed('models-flat-out', 50, 20, 0),
  tools,
  alone
]

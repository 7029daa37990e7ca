import type { Bench, Case } from '../case.ts'
import { percentiles } from '../figures.ts'
import { pinged } from '../pinger.ts'
import { stream, talk } from '../teams.ts'
import { now } from '../waiting.ts'
import { Tally, wave } from '../waves.ts'

/** Runs and streams side by side, each slot beginning anew when it is done, creation and connection included. */
export const mixed: Case = {
  name: 'mixed',
  about: '`runs` short runs and `streams` token streams side by side, again and again for `seconds`',
  params: { runs: 100, messages: 20, streams: 10, chunks: 1000, seconds: 20, warmup: 5 },
  async measure(bench) {
    const { seconds, warmup } = bench.params as Record<'seconds' | 'warmup', number>
    await forTime(bench, warmup, new Tally(), new Tally())
    const [talks, streams] = [new Tally(), new Tally()]
    const measured = () => forTime(bench, seconds, talks, streams)
    const pings = await pinged(bench, () => bench.meter.during(measured))
    const { serverCpu, wall } = bench.meter
    return {
      messages_per_s: talks.messages / wall,
      chunks_per_s: streams.chunks / wall,
      server_cpu_share: serverCpu / wall,
      ...percentiles('first_agent_message', talks.firstAgentMessage),
      ...percentiles('first_chunk', streams.firstChunk),
      ...pings,
      missing_messages: talks.runs * bench.params.messages! - talks.messages,
      missing_chunks: streams.runs * bench.params.chunks! - streams.chunks,
      unfinished_runs: talks.unfinished + streams.unfinished
    }
  }
}

async function forTime(bench: Bench, seconds: number, talks: Tally, streams: Tally): Promise<void> {
  const { runs, messages, streams: streaming, chunks } = bench.params as Record<string, number>
  const end = now() + seconds * 1000
  const [talkTeam, streamTeam] = [talk(messages!), stream(chunks!)]
  const again = async (team: typeof talkTeam, count: number, tally: Tally) => {
    while (now() < end) await wave(bench, team, count, tally, false)
  }
  const tens = Math.ceil(runs! / 10)
  const slots = Array.from({ length: tens }, () => again(talkTeam, 10, talks))
  await Promise.all([...slots, again(streamTeam, streaming!, streams)])
}

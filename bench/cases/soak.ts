import type { Bench, Case } from '../case.ts'
import { type Figures, median } from '../figures.ts'
import { clientFrame } from '../frames.ts'
import { pinged } from '../pinger.ts'
import { memory } from '../proc.ts'
import { type Visit, visits } from '../soak-visits.ts'
import { now, pause } from '../waiting.ts'

const answer = clientFrame(JSON.stringify({ type: 'input_response', response: 'Yes.' }))

/** Everything at once, begun at a fixed rate, for as long as it takes to see whether memory grows. */
export const soak: Case = {
  name: 'soak',
  about:
    'runs, streams, persons, clients that leave and come back, slow ones, begun at a fixed rate (`load` 1: 60 a second)',
  params: { minutes: 30, load: 1 },
  async measure(bench) {
    const { minutes } = bench.params as Record<'minutes', number>
    const books = new Books(bench)
    const pings = await pinged(bench, () =>
      bench.meter.during(async () => {
        const until = now() + minutes * 60_000
        await Promise.all([books.keep(until), begin(bench, books, until)])
      })
    )
    return { ...books.figures(minutes), server_cpu_share: bench.meter.serverCpu / bench.meter.wall, ...pings }
  }
}

/** Begins visits at their rates; none waits for another. Resolves when the last one is over. */
async function begin({ client, params }: Bench, books: Books, until: number): Promise<void> {
  const chance = seeded(1)
  const made = await Promise.all(
    visits.map(async (visit) => ({ visit, make: await client.runMaker(visit.team) }))
  )
  const underWay = new Set<Promise<void>>()
  const owed = visits.map(() => 0)
  for (let next = now(); next < until; next += 100) {
    for (const [i, { visit, make }] of made.entries()) {
      owed[i]! += (visit.perSecond * params.load!) / 10
      for (; owed[i]! >= 1; owed[i]!--) {
        const one = books.note(
          visit,
          make().then((run) => visit.go({ client, run, chance, answer }))
        )
        underWay.add(one)
        void one.finally(() => underWay.delete(one))
      }
    }
    await pause(Math.max(0, next + 100 - now()))
  }
  await Promise.all(underWay)
}

/** What came of the visits, and how much memory the server took meanwhile. */
class Books {
  readonly #bench: Bench
  readonly #rss: { at: number; mb: number }[] = []
  readonly #begun = now()
  #messages = 0
  #chunks = 0
  #visits = 0
  readonly #failures = new Map<string, number>()

  constructor(bench: Bench) {
    this.#bench = bench
  }

  async keep(until: number): Promise<void> {
    for (; now() < until; await pause(2_000)) {
      const rss = this.#bench.server.pids.reduce((sum, pid) => sum + memory(pid).rss / 1024, 0)
      this.#rss.push({ at: (now() - this.#begun) / 60_000, mb: rss })
    }
  }

  async note({ name }: Visit, visit: ReturnType<Visit['go']>): Promise<void> {
    try {
      const { messages, chunks } = await visit
      this.#messages += messages
      this.#chunks += chunks
      this.#visits++
    } catch (error) {
      const why = `${name}: ${(error as Error).message}`
      if (!this.#failures.has(why)) console.error(why)
      this.#failures.set(why, (this.#failures.get(why) ?? 0) + 1)
    }
  }

  /** Growth: the middle of the last tenth against that of the tenth after the first sixth (5 of 30 minutes). */
  figures(minutes: number): Figures {
    const middle = (from: number, to: number) =>
      median(this.#rss.filter(({ at }) => at >= from * minutes && at < to * minutes).map(({ mb }) => mb))
    const [early, late] = [middle(1 / 6, 1 / 6 + 0.1), middle(0.9, 1)]
    const growth = { rss_early_mb: early, rss_late_mb: late, rss_growth_percent: (late / early - 1) * 100 }
    const failures = [...this.#failures.values()].reduce((sum, count) => sum + count, 0)
    return { visits: this.#visits, messages: this.#messages, chunks: this.#chunks, failures, ...growth }
  }
}

/** Numbers between 0 and 1, the same ones each time. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/**
 * A short run of `runs` and `stream` for CI. Fails when frames are missing, and when a message or a chunk costs more than
 * 1.5 times what `baseline.json` says, each as a multiple of a fixed piece of work. `--write` writes the baseline.
 */

import { readFileSync, writeFileSync } from 'node:fs'
import type { Case } from './case.ts'
import { runs } from './cases/runs.ts'
import { stream } from './cases/stream.ts'
import { asJson, type Figures } from './figures.ts'
import { measure } from './measure.ts'
import { reference } from './reference.ts'

/** How much more than the baseline something may cost. */
const LIMIT = 1.5
/** One that costs too much is measured again: on a shared machine one measurement proves nothing. */
const ATTEMPTS = 3

interface Guarded {
  of: Case
  params: Record<string, number>
  /** What is compared. */
  figure: string
  missing: readonly string[]
}

const guarded: Record<string, Guarded> = {
  message: {
    of: runs,
    params: { runs: 50, messages: 20, warmup: 6000, least: 6000 },
    figure: 'cpu_us_per_message',
    missing: ['missing_messages', 'unfinished_runs']
  },
  chunk: {
    of: stream,
    params: { runs: 10, chunks: 1000, warmup: 4, waves: 6 },
    figure: 'cpu_us_per_chunk',
    missing: ['missing_chunks', 'unfinished_runs']
  }
}

const file = new URL('./baseline.json', import.meta.url)
const writes = process.argv.includes('--write')
const baseline: Record<string, number> = JSON.parse(readFileSync(file, 'utf8'))
const measured: Record<string, number> = {}

const late = setTimeout(() => fail('the smoke run took more than two minutes'), 120_000)
for (const [name, guard] of Object.entries(guarded)) {
  const limit = writes ? Number.POSITIVE_INFINITY : baseline[name]! * LIMIT
  measured[name] = await costOf(name, guard, limit)
  if (measured[name] > limit)
    fail(
      `a ${name} costs ${measured[name]} units, ${baseline[name]} in the baseline: more than ${LIMIT} times as much`
    )
}
clearTimeout(late)
if (writes) writeFileSync(file, `${JSON.stringify(measured, null, 2)}\n`)

/** What one costs, as a multiple of the reference; the least of several attempts where that is needed. */
async function costOf(
  name: string,
  { of, params, figure, missing }: Guarded,
  limit: number
): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = reference()
    const result = await measure(of, params, { pids: [], flags: [] })
    const unit = (before + reference()) / 2
    if (sum(result.figures, missing) !== 0) fail(`${of.name}: frames are missing\n${asJson(result)}`)
    const cost = +(result.figures[figure]! / unit).toFixed(4)
    console.log(asJson(result))
    console.log(
      JSON.stringify({ guard: name, cost, baseline: baseline[name] ?? null, unit_us: +unit.toFixed(1) })
    )
    least = Math.min(least, cost)
    if (least <= limit) break
  }
  return least
}

function sum(figures: Figures, names: readonly string[]): number {
  return names.reduce((all, name) => all + (figures[name] ?? Number.NaN), 0)
}

function fail(why: string): never {
  console.error(why)
  process.exit(1)
}

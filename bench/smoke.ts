/** A short run of `runs` and `stream` for CI. Fails only when frames are missing; the figures are just printed. */

import { runs } from './cases/runs.ts'
import { stream } from './cases/stream.ts'
import { asJson } from './figures.ts'
import { measure } from './measure.ts'

setTimeout(() => {
  console.error('the smoke run took more than 60 seconds')
  process.exit(1)
}, 60_000)

let code = 0
const bin = process.argv[2]
const target = { pids: [], flags: [], ...(bin && { bin }) }
const small = [
  [runs, { runs: 20, messages: 10, warmup: 200, least: 600 }],
  [stream, { runs: 5, chunks: 200, warmup: 1, waves: 2 }]
] as const

for (const [one, params] of small) {
  const result = await measure(one, params, target)
  console.log(asJson(result))
  const { missing_messages, missing_chunks, unfinished_runs, messages, chunks } = result.figures
  const missing = (missing_messages ?? 0) + (missing_chunks ?? 0) + (unfinished_runs ?? 0)
  if (missing === 0 && (messages ?? chunks ?? 0) > 0) continue
  console.error(`${one.name}: frames are missing`)
  code = 1
}
process.exit(code)

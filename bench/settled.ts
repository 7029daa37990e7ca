import type { Bench } from './case.ts'
import { median } from './figures.ts'
import { pause } from './waiting.ts'

/** RSS in megabytes: the median of samples over the last two of `settle` seconds. */
export async function settledRss({ meter, params }: Bench): Promise<number> {
  await pause(Math.max(0, params.settle! - 2) * 1000)
  const samples: number[] = []
  for (let i = 0; i < 10; i++) {
    await pause(200)
    samples.push(meter.memory().rss_mb)
  }
  return median(samples)
}

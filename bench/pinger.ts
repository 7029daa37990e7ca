import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Bench } from './case.ts'
import type { Client } from './client.ts'
import { type Figures, percentiles } from './figures.ts'
import type { Window } from './meter.ts'
import { talk } from './teams.ts'
import { now, within } from './waiting.ts'

/** A ping: when it was sent on the clock of `now`, and how many milliseconds its answer took (undefined: none came). */
export interface Ping {
  at: number
  took: number | undefined
}

const every = 50

/** Pings the server every 50 ms, on a run that is not started, while `work` lasts; counts those sent while it measured. */
export async function pinged(bench: Bench, work: () => Promise<void>): Promise<Figures> {
  const worker = await open(bench.client)
  try {
    await work()
    const pings = await answers(worker, bench.meter.windows)
    return { ...percentiles('ping', pings), pings: pings.length }
  } finally {
    await worker.terminate()
  }
}

async function open(client: Client): Promise<Worker> {
  const [run] = await client.createRuns(1, talk(2))
  const workerData = { address: client.address, run, every }
  const worker = new Worker(new URL('./ping-worker.ts', import.meta.url), { workerData })
  const connected = once(worker, 'message')
  await within(30_000, 'the first connection of the pinger', connected).catch(async (error) => {
    await worker.terminate()
    throw error
  })
  return worker
}

/** Milliseconds of the pings sent in these windows; one without an answer counts until now. */
async function answers(worker: Worker, windows: readonly Window[]): Promise<number[]> {
  const answer = once(worker, 'message')
  worker.postMessage('stop')
  const [pings] = (await within(10_000, 'the answers of the pinger', answer)) as [Ping[]]
  const inside = ({ at }: Ping) => windows.some(({ from, to }) => from <= at && at <= to)
  return pings.filter(inside).map(({ at, took }) => took ?? now() - at)
}

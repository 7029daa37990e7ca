import type { Bench } from './case.ts'
import { startFrame } from './client.ts'
import type { Component } from './teams.ts'
import { within } from './waiting.ts'
import type { Watcher } from './watcher.ts'

const waveTimeout = 180_000

/** What some waves of runs brought, added up over all runs. */
export class Tally {
  messages = 0
  chunks = 0
  frames = 0
  reads = 0
  runs = 0
  /** Runs that ended without their `result`. */
  unfinished = 0
  firstMessage: number[] = []
  firstAgentMessage: number[] = []
  firstChunk: number[] = []

  /** Adds a client's counts. */
  add(watcher: Watcher): void {
    const { counts, startedAt } = watcher
    const late = (at: number): number[] => (at > 0 ? [at - startedAt] : [])
    this.runs++
    this.messages += watcher.messages
    this.chunks += counts.message_chunk
    this.frames += watcher.durable + counts.message_chunk
    this.reads += watcher.reads
    if (counts.result === 0) this.unfinished++
    this.firstMessage.push(...late(watcher.firstMessageAt))
    this.firstAgentMessage.push(...late(watcher.firstAgentMessageAt))
    this.firstChunk.push(...late(watcher.firstChunkAt))
  }
}

/**
 * A wave: `runs` runs are created, all sockets opened, then all `start` frames sent at once.
 * Only the time from the first start to the last end is measured; `beside` is done with the runs before, and what it
 * gives ends with them.
 */
export async function wave(
  bench: Bench,
  team: Component,
  runs: number,
  tally: Tally,
  measured = true,
  beside?: (runs: readonly string[]) => Promise<{ ended: Promise<void> }>
): Promise<void> {
  const frame = startFrame(team)
  const ids = await bench.client.createRuns(runs, team)
  const watchers = await bench.client.attachAll(ids)
  const other = await beside?.(ids)
  if (measured) bench.meter.begin()
  for (const watcher of watchers) watcher.start(frame)
  const all = Promise.all([other, ...watchers].map((one) => one?.ended))
  await within(waveTimeout, `the end of ${runs} runs`, all)
  if (measured) bench.meter.end()
  for (const watcher of watchers) {
    tally.add(watcher)
    watcher.close()
  }
}

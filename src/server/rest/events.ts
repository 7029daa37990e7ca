import { z } from 'zod'
import { TroupeError } from '../../protocol/errors.ts'
import { WholeRecords } from '../../protocol/model-records.ts'
import * as answers from '../../protocol/rest-answers.ts'
import { isFinal } from '../../protocol/run-status.ts'
import type { Runtime } from '../../runtime/host/runtime.ts'
import type { RunRow } from '../../runtime/store/store.ts'
import type { HttpResponse } from '../http/http.ts'
import { type Route, route } from '../http/route.ts'
import { runStream } from '../run-api/run-stream.ts'
import { ownRun, RunPath } from './own-run.ts'
import { Records } from './run-rows.ts'

export interface EventsServices {
  runtime: Runtime
}

/** How many frames are given at once, unless asked for fewer or more, and at most. */
const PAGE = 1000
const MOST = 10_000

const Query = z.object({
  after: z.string().optional(),
  limit: z.coerce.number().int().positive().max(MOST).default(PAGE),
  records: Records
})

/** `/api/runs/{id}/events`: the frames of a run's log, as JSON or as they come. */
export function eventsRoutes({ runtime }: EventsServices): Route[] {
  const own = ownRun(runtime.store)
  return [
    route(
      'GET',
      '/api/runs/{run_id}/events',
      { path: RunPath, query: Query, answer: answers.Frames },
      async ({ path, query, request }) => {
        const run = await own(path.run_id, request)
        const streams = /\btext\/event-stream\b/.test(request.headers.get('accept') ?? '')
        const last = streams ? request.headers.get('last-event-id') : undefined
        const after = await cursor(runtime, run, last || query.after || '0')
        const whole = query.records === 'whole'
        if (streams) return stream(runtime, run, { after, whole })
        const page = await runtime.readFrames(run.id, after, query.limit)
        return frames(whole ? await wholeFrames(runtime, run, after, page) : page)
      }
    )
  ]
}

async function cursor(runtime: Runtime, run: RunRow, text: string): Promise<number> {
  const after = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  const { seq } = await runtime.info(run)
  if (!(after <= seq)) throw new TroupeError('bad_cursor', text)
  return after
}

/** An EventSource that has received the last frame reconnects once; the answer 204 ends that. */
async function stream(
  runtime: Runtime,
  run: RunRow,
  from: { after: number; whole: boolean }
): Promise<HttpResponse> {
  const over = isFinal(run.status) && from.after > 0 && from.after === (await runtime.info(run)).seq
  return over ? { status: 204 } : runStream(runtime, run, from)
}

/** Frames with whole records: those before them are read, since a record builds on the one before. */
async function wholeFrames(runtime: Runtime, run: RunRow, after: number, page: readonly { text: string }[]) {
  const records = new WholeRecords()
  for (let cursor = 0; cursor < after; ) {
    const before = await runtime.readFrames(run.id, cursor, PAGE)
    if (before.length === 0) break
    for (const { seq, text } of before) if (seq <= after) records.frame(text)
    cursor = before.at(-1)!.seq
  }
  return page.map(({ text }) => ({ text: records.frame(text) }))
}

/** The frames as they are stored, put together without being read. */
const frames = (lines: readonly { text: string }[]): HttpResponse => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  bytes: Buffer.from(`{"status":true,"data":[${lines.map(({ text }) => text).join(',')}]}`)
})

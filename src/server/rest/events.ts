import { z } from 'zod'
import { TroupeError } from '../../protocol/errors.ts'
import * as answers from '../../protocol/rest-answers.ts'
import { isFinal } from '../../protocol/run-status.ts'
import type { Runtime } from '../../runtime/host/runtime.ts'
import type { RunRow } from '../../runtime/store/store.ts'
import type { HttpResponse } from '../http/http.ts'
import { type Route, route } from '../http/route.ts'
import { runStream } from '../run-api/run-stream.ts'
import { ownRun, RunPath } from './own-run.ts'

export interface EventsServices {
  runtime: Runtime
}

/** How many frames are given at once, unless asked for fewer or more, and at most. */
const PAGE = 1000
const MOST = 10_000

const Query = z.object({
  after: z.string().optional(),
  limit: z.coerce.number().int().positive().max(MOST).default(PAGE)
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
        if (streams) return stream(runtime, run, after)
        return frames(await runtime.readFrames(run.id, after, query.limit))
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

/** An EventSource that has heard the last frame comes back once, and is told by 204 that this was all. */
async function stream(runtime: Runtime, run: RunRow, after: number): Promise<HttpResponse> {
  const over = isFinal(run.status) && after > 0 && after === (await runtime.info(run)).seq
  return over ? { status: 204 } : runStream(runtime, run, after)
}

/** The frames as they are stored, put together without being read. */
const frames = (lines: readonly { text: string }[]): HttpResponse => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  bytes: Buffer.from(`{"status":true,"data":[${lines.map(({ text }) => text).join(',')}]}`)
})

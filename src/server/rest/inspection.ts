import { setImmediate as nextTurn } from 'node:timers/promises'
import { z } from 'zod'
import * as answers from '../../protocol/rest-answers.ts'
import { chartJson, drawnCharts, mermaid } from '../../runtime/inspection/chart-export.ts'
import { type ActorView, ActorViews } from '../../runtime/inspection/events.ts'
import type { InspectedRun } from '../../runtime/inspection/inspected-run.ts'
import type { Inspections } from '../../runtime/inspection/inspections.ts'
import type { Store } from '../../runtime/store/store.ts'
import { type HttpRequest, type HttpResponse, ok, refuse } from '../http/http.ts'
import { type Route, route } from '../http/route.ts'
import { inspectionStream } from '../run-api/inspection-stream.ts'
import { ownRun, RunPath } from './own-run.ts'

export interface InspectionServices {
  store: Pick<Store, 'runs'>
  inspections: Inspections
}

const Cursor = z.coerce
  .number()
  .int()
  .min(0)
  .max(2 ** 53 - 1)

/** The charts of all runs, and what the actors of one run do and did. */
export function inspectionRoutes({ store, inspections }: InspectionServices): Route[] {
  const own = ownRun(store)
  const inspected = async (id: number, request: HttpRequest) => inspections.open((await own(id, request)).id)
  return [
    route('GET', '/api/machines', { answer: answers.Machines }, () => ok(machines())),
    route(
      'GET',
      '/api/runs/{run_id}/snapshot',
      { path: RunPath, query: z.object({ at: Cursor.optional() }), answer: answers.Snapshot },
      async ({ path, query, request }) => {
        const run = await inspected(path.run_id, request)
        demandKnown(run, query.at ?? 0)
        return ok({ actors: await actorsOf(run, query.at), team: run.team })
      }
    ),
    route(
      'GET',
      '/api/runs/{run_id}/inspect',
      { path: RunPath, query: z.object({ after: z.literal('').or(Cursor).optional() }) },
      async ({ path, query, request }) => {
        const run = await inspected(path.run_id, request)
        const after = cursorOf(request) ?? (Number(query.after) || 0)
        demandKnown(run, after)
        // An EventSource that has received the end reconnects once; the answer is that this was all.
        if (run.isWhole && after > 0 && after === run.events.length) return { status: 204 }
        return stream(run, after)
      }
    )
  ]
}

/** Where a run's actors are after so many events. A long past is gone through a part at a time, so that others get their turn. */
async function actorsOf({ events }: InspectedRun, at = events.length): Promise<ActorView[]> {
  const views = new ActorViews()
  for (let from = 0; from < at; from += PART) {
    for (const event of events.slice(from, Math.min(from + PART, at))) views.take(event)
    if (from + PART < at) await nextTurn()
  }
  return views.all
}

/** Events that are gone through at a time. */
const PART = 5000

const machines = () =>
  drawnCharts().map((machine) => ({ id: machine.id, machine: chartJson(machine), mermaid: mermaid(machine) }))

/** Where a page that lost its line stood. */
function cursorOf({ headers }: HttpRequest): number | undefined {
  const last = headers.get('last-event-id')
  return last !== undefined && /^\d{1,15}$/.test(last) ? Number(last) : undefined
}

function demandKnown(run: InspectedRun, position: number): void {
  if (position > run.events.length)
    refuse(422, `There is no position ${position} in what this run's actors did.`)
}

const stream = (run: InspectedRun, after: number): HttpResponse => ({
  status: 200,
  headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' },
  stream: (sink) => inspectionStream(run, after, sink)
})

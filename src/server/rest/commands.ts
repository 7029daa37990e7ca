import type { z } from 'zod'
import {
  type FrameOf,
  InputResponseBody,
  PauseFrame,
  ResumeFrame,
  StartFrame,
  StopFrame
} from '../../protocol/client-frames.ts'
import * as answers from '../../protocol/rest-answers.ts'
import type { Runtime } from '../../runtime/host/runtime.ts'
import type { LiveRun } from '../../runtime/run/live-run.ts'
import { ok, type User } from '../http/http.ts'
import { type Route, route } from '../http/route.ts'
import type { Caller, Rights, Warning } from '../run-api/caller.ts'
import { type Steer, steering } from '../run-api/commands.ts'
import { InputAcks } from '../run-api/input-acks.ts'
import type { StartableTeams } from '../run-api/teams/startable-teams.ts'
import { ownRun, RunPath } from './own-run.ts'
import { untilStored } from './until-stored.ts'

export interface CommandServices {
  runtime: Runtime
  /** Which teams may be started. */
  teams: StartableTeams
  /** What clients may do; everything, where it is not said. */
  rights?: Rights
}

/** What a body holds: the fields of the frame. The type holds the table complete. */
const bodies: { [Type in Steer]: z.ZodType } = {
  start: StartFrame.omit({ type: true }).prefault({}),
  stop: StopFrame.omit({ type: true }).prefault({}),
  pause: PauseFrame.omit({ type: true }).prefault({}),
  resume: ResumeFrame.omit({ type: true }).prefault({}),
  input_response: InputResponseBody
}

/** Of how many users and runs it is known what was answered last. */
const MOST = 1000

/** `/api/runs/{id}/start` and so on: steering a run without a socket. */
export function commandRoutes({ runtime, teams, rights }: CommandServices): Route[] {
  const own = ownRun(runtime.store)
  const answersOf = rememberer()
  return (Object.keys(bodies) as Steer[]).map((type) => {
    const path = `/api/runs/{run_id}/${type === 'input_response' ? 'input' : type}`
    return route(
      'POST',
      path,
      { path: RunPath, body: bodies[type], answer: answers.Commanded },
      async (entered) => {
        const { id } = await own(entered.path.run_id, entered)
        const warnings: Warning[] = []
        const warn = (warning: Warning) => void warnings.push(warning)
        const live = await steer(type, entered.body, {
          ...{ runtime, teams, run: id, warn, rights },
          answers: answersOf(entered.user, id)
        })
        const { status, seq } = live
        return ok({ status, seq, ...(warnings.length > 0 && { warnings }) })
      }
    )
  })
}

/** Steers a run and waits until that is stored; one that was stopped has ended by then. */
async function steer(type: Steer, fields: unknown, caller: Caller): Promise<LiveRun> {
  caller.rights?.demand(type, fields)
  const live = await (steering[type] as (fields: unknown, caller: Caller) => Promise<LiveRun>)(fields, caller)
  const ends = type === 'stop' && !(fields as Partial<FrameOf<'stop'>>).graceful
  const stored = ends ? live.ended : type === 'start' ? live.started() : live.flushed()
  await untilStored(stored)
  return live
}

/** Remembers what users have answered in runs: one request knows nothing of another. */
function rememberer(): (user: User, run: number) => InputAcks {
  const all = new Map<string, InputAcks>()
  return ({ id }, run) => {
    const key = `${run} ${id ?? ''}`
    const answers = all.get(key) ?? new InputAcks()
    all.delete(key)
    all.set(key, answers)
    if (all.size > MOST) all.delete(all.keys().next().value!)
    return answers
  }
}

import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TaskResult } from '../../src/runtime/team/task-result.ts'
import type { Team } from '../../src/runtime/team/team.ts'
import { numberOf } from './deterministic.ts'
import { anyTeam, makeTeam, type TeamPlan } from './random-team.ts'
import { stored } from './talk.ts'

const seed = 20261120
const tasks = ['Begin with it.', 'And now once more.']
const input = async ({ source }: { source: string }) => `${source} is a person and says pear.`

/** How a run is cut. `resume` and `goOn` stay with the same team. */
const ways = ['save', 'pause', 'cancel', 'resume', 'goOn'] as const
type Cut = { after: number; way: (typeof ways)[number] }

const tick = () => setImmediate()

const isOwn = (key: string) => ['id', 'created_at', 'request_id', 'full_message_id'].includes(key)
const isTime = (value: unknown) => typeof value === 'number' && value > 1e12
const inOrder = (one: unknown, other: unknown) => numberOf(one) - numberOf(other)

/** Leaves out what is another one in each run: ids and times, and in graphs who was faster. */
const comparable = (state: unknown, kind: TeamPlan['kind']): unknown => {
  const same = JSON.parse(
    JSON.stringify(state, (key, value) => (isOwn(key) ? undefined : isTime(value) ? 'then' : value))
  )
  if (kind !== 'graph') return same
  return JSON.parse(
    JSON.stringify(same, (_, value) => (Array.isArray(value) ? value.toSorted(inOrder) : value))
  )
}

/** Long enough for whatever is under way to come to its end. */
async function quiet(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await tick()
}

interface Came {
  reasons: string[]
  state: unknown
  /** How it was really cut: a run may be over before. */
  cut: Cut['way'][]
}

/** Lets a team do its tasks; each cut takes it apart in the middle and puts it together again. */
async function play(plan: TeamPlan, cuts: readonly Cut[]): Promise<Came> {
  const left = [...cuts]
  const reasons: string[] = []
  let team = makeTeam(plan, tick)
  const cut: Cut['way'][] = []
  for (const task of tasks) {
    for (let told: string | null = task; ; told = null) {
      const now = left.shift()
      const { reason, next } = await part(plan, team, told, now)
      team = next
      if (reason === 'cut') cut.push(now!.way)
      else {
        reasons.push(reason)
        break
      }
    }
  }
  return { reasons, state: comparable(team.saveState(), plan.kind), cut }
}

async function part(plan: TeamPlan, team: Team, task: string | null, cut: Cut | undefined) {
  const leaving = new AbortController()
  let count = 0
  let state: unknown
  let reason = ''
  try {
    for await (const item of team.runStream({ task, signal: leaving.signal, input })) {
      if (item.type === 'TaskResult') reason = (item as TaskResult).stopReason
      else if (cut && count++ === cut.after) {
        if (cut.way === 'pause' || cut.way === 'resume') {
          team.pause()
          await quiet()
        }
        if (cut.way === 'resume') team.resume()
        else {
          if (cut.way === 'save' || cut.way === 'pause') state = stored(team.saveState())
          leaving.abort('cut')
        }
      }
    }
  } catch (error) {
    reason = `failed: ${(error as Error).message}`
  }
  if (reason !== 'cut' || cut?.way === 'goOn') return { reason, next: team }
  const next = makeTeam(plan, tick)
  next.loadState(state ?? stored(team.saveState()))
  return { reason, next }
}

const anyCuts = fc.array(fc.record({ after: fc.nat(7), way: fc.constantFrom(...ways) }), {
  minLength: 1,
  maxLength: 5
})

describe('a team that is cut at any point', () => {
  test('a team that is cut at any point goes on to the same end, with the same words, as one that was not [CRASH-4]', async () => {
    const met: Record<string, number> = {}
    const note = (what: string) => {
      met[what] = (met[what] ?? 0) + 1
    }
    const property = fc.asyncProperty(anyTeam, anyCuts, async (plan, cuts) => {
      const whole = await play(plan, [])
      const { cut, ...came } = await play(plan, cuts)
      for (const way of cut) for (const what of [plan.kind, way]) note(what)
      if (cut.length > 0 && JSON.stringify(plan).includes('"inner"')) note('nested')
      expect(came).toEqual({ reasons: whole.reasons, state: whole.state })
    })
    await fc.assert(property, { seed, numRuns: 300 })
    const kinds = ['roundRobin', 'selector', 'swarm', 'graph', 'magentic', 'nested']
    for (const what of [...kinds, 'save', 'pause', 'cancel', 'goOn'])
      expect(met[what], what).toBeGreaterThan(20)
  }, 120_000)
})

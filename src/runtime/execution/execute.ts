import { type Actor, createActor, type InspectionEvent } from 'xstate'
import type { ChatMessage } from '../../machines/messages/index.ts'
import type { RunOutput } from '../../machines/run.ts'
import { failureOf } from '../../machines/shared/outcome.ts'
import type { JournalWriter } from '../journal/entries.ts'
import type { Recording, ReplayEvents } from '../journal/replayer.ts'
import { type Clock, systemClock } from '../shared/clock.ts'
import type { Team } from '../teams/team.ts'
import { charts } from './charts.ts'
import { RunContext, type RunObserver, setRunContext } from './run-context.ts'

/** How long a cancelled run waits for what ignores its signal, in milliseconds. */
const GRACE = 50

interface ExecuteOptions {
  /** The team, or how it is loaded when the run opens. */
  team: Team | ((stage: RunContext) => Promise<Team>)
  task: readonly ChatMessage[] | null
  watcher: RunObserver
  id?: string
  showTask?: boolean
  clock?: Clock
  env?: Readonly<Record<string, string | undefined>>
  /** Where is kept what comes into the run. */
  journal?: JournalWriter
  /** What is kept of the run, when it is played again, and who hears of that. */
  kept?: Recording
  replay?: ReplayEvents
  /** A UUID from which the ids of the run follow. */
  seed?: string
  /** Hears what the run's actors do, from the first moment on. */
  inspect?(event: InspectionEvent): void
}

/** A run under way: its actor, its stage, and how it comes out. */
export interface Execution {
  actor: Actor<typeof charts.run>
  context: RunContext
  ended: Promise<RunOutput>
}

/** Puts a team on a stage and starts the run's actor. What the team remembers is kept in the team when it ends. */
export function execute({
  team: source,
  task,
  watcher,
  id,
  showTask = true,
  clock = systemClock,
  env = process.env,
  replay,
  inspect,
  ...kept
}: ExecuteOptions): Execution {
  let team: Team | undefined
  const open = async () => {
    team = typeof source === 'function' ? await source(stage) : source
    team.check()
  }
  const stage = new RunContext({ id: id ?? crypto.randomUUID(), clock, env, watcher, open, ...kept })
  // Whoever loads a team gives back what it holds; nobody waits for that.
  const giveBack = () => typeof source === 'function' && void team?.close().catch(() => {})
  const input = {
    grace: GRACE,
    team: () => ({ ...team!.enter(stage, 'team', task), showTask })
  }
  const actor = createActor(charts.run, { input, clock, inspect })
  setRunContext(actor.system, stage)
  const ended = new Promise<RunOutput>((resolve) => {
    const end = (output: RunOutput) => {
      // A team that was given up is left as it was at its last whole turn.
      if (output.progress) team!.progress = output.progress
      resolve(output)
      giveBack()
    }
    actor.subscribe({
      complete: () => {
        const { output } = actor.getSnapshot()
        // An actor that was told to stop has none.
        if (output) end(output)
        else giveBack()
      },
      error: (error) => end({ outcome: { failure: failureOf(error) }, progress: null })
    })
  })
  actor.start()
  actor.send({ type: 'start' })
  if (replay) stage.startReplay(replay)
  return { actor, context: stage, ended }
}

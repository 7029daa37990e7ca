import { expect, onTestFinished } from 'vitest'
import type { OutgoingFrame } from '../../src/protocol/frames.ts'
import type { RunOptions } from '../../src/protocol/run-options.ts'
import type { RunStatus } from '../../src/protocol/run-status.ts'
import { Runtime, type RuntimeOptions } from '../../src/runtime/host/runtime.ts'
import type { LiveRun } from '../../src/runtime/run/live-run.ts'
import type { Clock } from '../../src/runtime/shared/clock.ts'
import { readTask } from '../../src/runtime/shared/task.ts'
import { openStore } from '../../src/runtime/store/open-store.ts'
import type { Store } from '../../src/runtime/store/store.ts'
import type { DisconnectPolicy } from '../../src/runtime/subscriptions/disconnect-policy.ts'
import type { Subscriber } from '../../src/runtime/subscriptions/subscriber.ts'
import { databaseIn } from './database.ts'
import { ManualClock } from './manual-clock.ts'
import type { Frame } from './run-client.ts'
import { temporary } from './run-server.ts'
import type { Part } from './some-teams.ts'

/** How long a test waits for what has to come. */
export const patience = { timeout: 10_000, interval: 20 }

interface Here {
  clock: Clock
  disconnectPolicy?: DisconnectPolicy
  retainDays?: number
  log?: RuntimeOptions['log']
  registry?: RuntimeOptions['registry']
}

/** Hears a run, as a client does. */
export class Ear implements Subscriber {
  readonly heard: Frame[] = []
  over = false

  deliver(lines: readonly OutgoingFrame[]): void {
    this.heard.push(...lines.map(({ text }) => JSON.parse(text)))
  }
  async untilRoom(): Promise<boolean> {
    return true
  }
  onRunEnded(): void {
    this.over = true
  }
}

/** A runtime with a database of its own and a clock that the test holds; it may be begun anew on what it has stored. */
export async function runtimeHere(options: Here) {
  const { folder, remove } = await temporary()
  const now = () => options.clock.now()
  const database = await databaseIn(folder)
  const store: Store = await openStore({ database, now })
  const session = await store.sessions.insert({ user_id: 'me', name: '', team_id: null })
  const here = {
    database,
    store,
    session: session.id,
    runtime: new Runtime({ ...options, store }),
    async begin(team_config: Part, options?: RunOptions): Promise<LiveRun> {
      const run = await store.runs.create({ session_id: session.id, user_id: 'me' })
      return here.runtime.start(run, { task: readTask('Go.', here.runtime.clock), team_config, options })
    },
    async follow(id: number, after: number | null = 0): Promise<{ ear: Ear; leave(): void }> {
      const ear = new Ear()
      return { ear, leave: await here.runtime.subscribe((await store.runs.get(id))!, after, ear) }
    },
    async status(id: number): Promise<RunStatus> {
      return (await store.runs.get(id))!.status
    },
    async log(id: number): Promise<Frame[]> {
      return (await store.runs.frames(id)).map(({ text }) => JSON.parse(text))
    },
    /** Waits until a run has a status. */
    becomes: (id: number, status: RunStatus) => expect.poll(() => here.status(id), patience).toBe(status),
    /** Ends the runtime and begins another one. */
    async restart(): Promise<void> {
      await here.runtime.close()
      here.runtime = new Runtime({ ...options, store })
      await here.runtime.recover()
    }
  }
  await here.runtime.recover()
  onTestFinished(async () => {
    await here.runtime.close()
    await store.close()
    await remove()
  })
  return here
}

/** A runtime that goes its rounds as fast as a test wants. */
export async function runtimeWithRounds(options: Pick<Here, 'registry'> = {}) {
  const clock = new ManualClock()
  const here = await runtimeHere({ clock, ...options })
  /** Lets time pass in rounds until a run is put away. */
  const putAway = (id: number) =>
    expect
      .poll(() => {
        clock.pass(1_000)
        return here.runtime.loaded.get(id)
      }, patience)
      .toBeUndefined()
  return { ...here, here, clock, putAway }
}

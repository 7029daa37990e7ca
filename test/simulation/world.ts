import { Runtime } from '../../src/runtime/host/runtime.ts'
import type { Store } from '../../src/runtime/store/store.ts'
import type { Part } from '../support/some-teams.ts'
import type { Dice } from './dice.ts'
import { JumpyClock } from './jumpy-clock.ts'
import { type End, MortalStore } from './mortal-store.ts'
import { type Life, Player } from './player.ts'
import { type Script, writeScript } from './script.ts'
import type { Service } from './service.ts'
import { type Cast, castTeam } from './teams.ts'
import { runUndisturbed, swift } from './undisturbed.ts'
import { judge, judgeCalls } from './verdict.ts'

/** What happened in a world. */
export interface Events {
  runs: number
  deaths: number
  closings: number
  failures: number
  jumps: number
  ends: Record<string, number>
}

interface WorldOptions {
  name: string
  store: Store
  session: number
  service: Service
  dice: Dice
  events: Events
}

/** How many runs one process has. */
const RUNS = 5
/** How often a process dies or is closed. */
const LIVES = 7

/** Several runs of one process, which dies again and again. */
export class World {
  readonly #options: WorldOptions
  readonly #stored = new Set<string>()
  readonly #players: { player: Player; cast: Cast; script: Script; task: string }[] = []

  constructor(options: WorldOptions) {
    this.#options = options
  }

  async play(): Promise<void> {
    for (let i = 0; i < RUNS; i++) await this.#cast(i)
    const done = Promise.all(this.#players.map(({ player }) => player.done))
    let over = false
    for (let lives = LIVES; !over; lives--) over = await this.#live(done, lives > 0)
    for (const { player, cast, script, task } of this.#players) {
      const still = await runUndisturbed(cast.team, task, this.#options.name)
      const status = judge(player.log, cast, script, still)
      judgeCalls(player, this.#options.name, this.#options.service)
      const { ends } = this.#options.events
      ends[status] = (ends[status] ?? 0) + 1
    }
  }

  async #cast(number: number): Promise<void> {
    const { name, store, session, service, dice, events } = this.#options
    const cast = castTeam(dice, { port: service.port, world: name })
    const script = writeScript(dice)
    const task = `Task ${number} in ${name}.`
    const { id: run } = await store.runs.create({ session_id: session, user_id: 'me' })
    const team: Part = JSON.parse(swift(cast.team))
    const player = new Player({ run, store, team, task, script, dice, stored: this.#stored })
    this.#players.push({ player, cast, script, task })
    events.runs++
  }

  /** One life of the process; gives whether everything was over before its end. */
  async #live(done: Promise<unknown>, ends: boolean): Promise<boolean> {
    const { store, dice, events } = this.#options
    const end: End | null = ends
      ? { commit: dice.int(1, 12), how: dice.pick(['diesBefore', 'diesAfter', 'isTold']) }
      : null
    const mortal = new MortalStore(store, this.#stored, dice, end)
    const clock = new JumpyClock()
    const runtime = new Runtime({ store: mortal.store, clock, env: {} })
    const time = setInterval(() => this.#pass(clock), 1)
    const over = this.#enter({ runtime, mortal, clock }).then(() => done)
    try {
      const isOver = await Promise.race([over.then(() => true), mortal.end.then(() => false)])
      if (!isOver) events[mortal.isDead ? 'deaths' : 'closings']++
      // It may die while it closes too.
      if (!mortal.isDead) await Promise.race([runtime.close(), mortal.death])
      mortal.die()
      await this.#bury(runtime)
      return isOver
    } finally {
      clearInterval(time)
      events.failures += mortal.failures
    }
  }

  #pass(clock: JumpyClock): void {
    const { dice, events } = this.#options
    clock.pass(dice.int(1, 200))
    if (dice.int(1, 40) > 1) return
    events.jumps++
    clock.jump(dice.int(-7_200_000, 7_200_000))
  }

  async #enter(life: Life): Promise<void> {
    // A server that cannot read its database at the start ends and is started again.
    for (let up = false; !up; )
      up = await life.runtime.recover().then(
        () => true,
        () => false
      )
    await Promise.all(this.#players.map(({ player }) => player.enter(life)))
  }

  /** Nothing of a dead process goes on; what its journals hold is never to be done again. */
  async #bury(runtime: Runtime): Promise<void> {
    const { name, store, service } = this.#options
    for (const { player } of this.#players) {
      runtime.loaded.get(player.run)?.unload()
      for (const { kind, body } of await store.runs.journal(player.run)) {
        if (kind !== 'effect' && kind !== 'part') continue
        const key = String(JSON.parse(body).key).replace(':tool:', ':')
        service.done(`${name}/${player.run}:${key}`, 'what came of it was in the journal')
      }
    }
  }
}

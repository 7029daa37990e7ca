import type { OutgoingFrame } from '../../src/protocol/frames.ts'
import type { Runtime } from '../../src/runtime/host/runtime.ts'
import type { LiveRun } from '../../src/runtime/run/live-run.ts'
import { readTask } from '../../src/runtime/shared/task.ts'
import type { Store } from '../../src/runtime/store/store.ts'
import type { Subscriber } from '../../src/runtime/subscriptions/subscriber.ts'
import type { Frame } from '../support/run-client.ts'
import type { Part } from '../support/some-teams.ts'
import type { Dice } from './dice.ts'
import { stopReason } from './director.ts'
import type { JumpyClock } from './jumpy-clock.ts'
import { KnownLog } from './known-log.ts'
import type { MortalStore } from './mortal-store.ts'
import type { Script } from './script.ts'
import { answerTo } from './undisturbed.ts'

/** One life of the process: a runtime, the store it sees, and its clock. */
export interface Life {
  runtime: Runtime
  mortal: MortalStore
  clock: JumpyClock
}

interface PlayerOptions {
  run: number
  /** The store itself. */
  store: Store
  team: Part
  task: string
  script: Script
  dice: Dice
  /** The frames that are stored, as `run/seq`. */
  stored: ReadonlySet<string>
}

/** Does to one run what its script says, over as many lives as it takes, and hears all that it says. */
export class Player {
  readonly log = new KnownLog()
  readonly run: number
  readonly #options: PlayerOptions
  readonly #end = Promise.withResolvers<void>()
  /** Resolves when the run is over or rests; rejects when it says what it should not. */
  readonly done = this.#end.promise
  #pauses: Script['pauses']
  #rests: number | null = 0
  #stopping = false
  #over = false

  constructor(options: PlayerOptions) {
    this.#options = options
    this.run = options.run
    this.#pauses = [...options.script.pauses]
    this.done.catch(() => {})
  }

  /** Goes on in a new life. */
  async enter(life: Life): Promise<void> {
    for (let entered = false; !entered && !this.#over && !life.mortal.isDead; ) {
      // What the store cannot read now it can read the next time.
      entered = await this.#enter(life).then(
        () => true,
        () => false
      )
    }
  }

  async #enter(life: Life): Promise<void> {
    const { store, task, team, dice } = this.#options
    const { runtime, clock } = life
    const row = (await store.runs.get(this.run))!
    if (row.status === 'created' && !runtime.loaded.get(this.run))
      runtime.start(row, { task: readTask(task, clock), team_config: team })
    const now = (await store.runs.get(this.run))!
    const after = dice.chance(0.5) ? this.log.length : dice.int(0, this.log.length)
    await runtime.subscribe(now, after, this.#ear(life, after))
    const info = await runtime.info(now)
    for (const { request_id } of info.pending_input) this.#answerSoon(request_id, life)
    if (this.log.status === 'paused') this.#resumeSoon(life)
    if (this.#stopping) this.#stop(life)
  }

  #ear(life: Life, after: number): Subscriber {
    let last = after
    const hear = ({ seq, text }: OutgoingFrame) => {
      if (seq === null || this.#over || life.mortal.isDead) return
      if (seq !== last + 1) throw new Error(`Frame ${seq} came after ${last}.`)
      last = seq
      if (!this.#options.stored.has(`${this.run}/${seq}`))
        throw new Error(`Frame ${seq} was told before it was stored.`)
      const news = seq > this.log.length
      const frame = JSON.parse(text)
      this.log.hear(frame)
      if (news) this.#frame(frame, life)
    }
    return {
      deliver: (lines) => {
        try {
          for (const line of lines) hear(line)
        } catch (error) {
          this.#end.reject(error)
        }
      },
      untilRoom: async () => true,
      onRunEnded: (lost) => {
        if (life.mortal.isDead) return
        if (lost || !this.log.end)
          this.#end.reject(new Error(`It was ${lost ? 'lost' : 'over before its end'}.`))
        this.#finish()
      }
    }
  }

  #frame(frame: Frame, life: Life): void {
    const { script } = this.#options
    if (this.#over || this.log.end) return
    if (frame.type === 'input_request') this.#answerSoon(frame.request_id, life)
    if (frame.type === 'status' && frame.status === 'paused') this.#resumeSoon(life)
    if (frame.type === 'status' && frame.status === 'awaiting_input') this.#mayRest()
    if (this.#over) return
    if (this.#pauses[0] && frame.seq >= this.#pauses[0].at) {
      this.#rests = this.#pauses.shift()!.rests
      this.#tell(life, (live) => live.pause())
    }
    if (script.stop && !this.#stopping && frame.seq >= script.stop.at) this.#stop(life)
  }

  #stop(life: Life): void {
    this.#stopping = true
    const graceful = this.#options.script.stop?.graceful
    this.#tell(life, (live) => (graceful ? live.stopGracefully() : live.stop(stopReason)))
  }

  #answerSoon(requestId: string, life: Life): void {
    const { thinks } = this.#options.script
    if (thinks === null) return this.#mayRest()
    life.clock.setTimeout(() => {
      const question = this.log.question(requestId)
      if (!question) return this.#answerSoon(requestId, life)
      this.#tell(life, (live) => live.answerInput(answerTo(question.source, question.count), requestId))
    }, thinks + 1)
  }

  #resumeSoon(life: Life): void {
    if (this.#rests === null) return this.#rest()
    life.clock.setTimeout(() => this.#tell(life, (live) => live.resume()), this.#rests + 1)
  }

  /** Nobody will answer: that is an end too. */
  #mayRest(): void {
    if (this.#options.script.thinks === null && this.log.status === 'awaiting_input') this.#rest()
  }

  #rest(): void {
    if (!this.#stopping || this.#options.script.stop?.graceful) this.#finish()
  }

  #finish(): void {
    this.#over = true
    this.#end.resolve()
  }

  /** Tells the run something, again and again until the store lets it be found. */
  #tell(life: Life, tell: (live: LiveRun) => void): void {
    const { runtime, mortal, clock } = life
    if (this.#over || mortal.isDead) return
    runtime.getOrWake(this.run).then(
      (live) => this.#over || tell(live),
      (error) => {
        if (!error.code) clock.setTimeout(() => this.#tell(life, tell), 10)
      }
    )
  }
}

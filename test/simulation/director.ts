import type { Frame } from '../support/run-client.ts'
import { newRun } from '../support/run-server.ts'
import type { Part } from '../support/some-teams.ts'
import type { Dice } from './dice.ts'
import { KnownLog } from './known-log.ts'
import { faithful, type Script } from './script.ts'
import type { Tally } from './tally.ts'
import type { Theatre } from './theatre.ts'
import { answerTo } from './undisturbed.ts'
import { Visitor } from './visitor.ts'

/** Why somebody stops a run. */
export const stopReason = 'The director stops it.'

interface DirectorOptions {
  theatre: Theatre
  team: Part
  task: string
  script: Script
  dice: Dice
  tally: Tally
}

/** Starts one run, does to it what its script says, and sees to it that it comes to its end or to rest. */
export class Director {
  readonly log = new KnownLog()
  readonly #options: DirectorOptions
  readonly #visitors: Visitor[]
  readonly #rested = Promise.withResolvers<void>()
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #answering = new Set<string>()
  #resuming = false
  #stopping = false
  #resting = false
  #pauses: Script['pauses']
  #rests: number | null = 0
  /** The server that had fallen so often when the run was paused. */
  #pausedAt = 0
  readonly run: number

  static async take(options: DirectorOptions): Promise<Director> {
    for (;;) {
      const { theatre } = options
      await theatre.up
      const falls = theatre.falls
      try {
        return new Director(options, await newRun(theatre.url, theatre.session))
      } catch (error) {
        if (falls === theatre.falls) throw error
      }
    }
  }

  private constructor(options: DirectorOptions, run: number) {
    const { script, theatre, dice, tally } = options
    this.run = run
    this.#options = options
    this.#pauses = [...script.pauses]
    const common = { theatre, run, log: this.log, dice, tally }
    const ear = { system: (frame: Frame) => this.#system(frame), frame: (frame: Frame) => this.#frame(frame) }
    const others = script.visitors.map((habits) => new Visitor({ ...common, habits }))
    this.#visitors = [new Visitor({ ...common, habits: faithful, ear }), ...others]
  }

  /** The status that is known of the run. */
  get status(): string {
    return this.log.status
  }

  /** Resolves when the run is over for all of its clients, or rests. */
  async direct(): Promise<void> {
    const all = Promise.all(this.#visitors.map((visitor) => visitor.follow()))
    try {
      await Promise.race([all, this.#rested.promise])
      for (const visitor of this.#visitors) visitor.goHome()
      await all
      for (const visitor of this.#visitors) visitor.settle()
    } catch (error) {
      const said = `${(error as Error).message} Its log: ${this.log.frames.map((f) => `${f.seq} ${f.type} ${f.status ?? f.data?.type ?? ''}`).join(', ')}`
      throw new Error(said, { cause: error })
    } finally {
      for (const timer of this.#timers) clearTimeout(timer)
      for (const visitor of this.#visitors) visitor.goHome()
    }
  }

  /** Hears where the run stands, which may be before what was asked of it when the server fell. */
  #system({ run: { status, pending_input } }: Frame): void {
    const { team, task, script } = this.#options
    this.#answering.clear()
    if (status === 'created') this.#send({ type: 'start', team_config: team, task })
    else if (status !== 'complete' && status !== 'error' && status !== 'stopped') {
      for (const { request_id } of pending_input) this.#answerSoon(request_id)
      if (status === 'paused') this.#resumeSoon()
      if (this.#stopping && script.stop) this.#stop(script.stop)
    }
  }

  #frame(frame: Frame): void {
    const { stop } = this.#options.script
    if (frame.type === 'input_request') this.#answerSoon(frame.request_id)
    if (frame.type === 'status') this.#status(frame)
    if (this.log.end || this.#resting) return
    const due = this.#pauses[0]
    if (due && frame.seq >= due.at) {
      this.#pauses.shift()
      this.#rests = due.rests
      this.#send({ type: 'pause' })
    }
    if (stop && !this.#stopping && frame.seq >= stop.at) this.#stop(stop)
  }

  #status({ status, replay }: Frame): void {
    const { tally, theatre } = this.#options
    if (status === 'awaiting_input') this.#mayRest()
    if (status !== 'paused') return
    tally.note('pause')
    this.#pausedAt = theatre.falls
    if (!replay || this.#rests === null) this.#resumeSoon()
  }

  #stop({ graceful }: NonNullable<Script['stop']>): void {
    this.#stopping = true
    this.#options.tally.note(graceful ? 'gracefulStop' : 'stop')
    this.#send(graceful ? { type: 'stop', graceful: true } : { type: 'stop', reason: stopReason })
  }

  #answerSoon(requestId: string): void {
    const { script, tally } = this.#options
    if (this.#answering.has(requestId)) return
    this.#answering.add(requestId)
    if (script.thinks === null) return this.#mayRest()
    if (script.thinks >= 2000) tally.note('lateAnswer')
    this.#later(script.thinks, () => this.#answer(requestId))
  }

  #answer(request_id: string): void {
    const question = this.log.question(request_id)
    if (!question) return this.#later(50, () => this.#answer(request_id))
    const { tally, script } = this.#options
    const frame = { type: 'input_response', request_id, response: answerTo(question.source, question.count) }
    const [first, second] = script.insists ? this.#visitors.toReversed() : this.#visitors
    if (second && script.insists && second.send(frame)) tally.note('answerTwice')
    if (!first!.send(frame) && first !== this.#visitors[0]) this.#send(frame)
  }

  #resumeSoon(): void {
    if (this.#resuming) return
    const rests = this.#rests
    // Whoever comes back is told where the run stands before the frame that says so.
    if (rests === null) return this.log.status === 'paused' ? this.#rest() : undefined
    this.#resuming = true
    this.#later(rests, () => {
      const { tally, theatre } = this.#options
      this.#resuming = false
      if (!this.#send({ type: 'resume' })) return
      tally.note('resume')
      if (this.#pausedAt !== theatre.falls) tally.note('restAcrossRestart')
    })
  }

  /** Nobody will answer: that is an end too. */
  #mayRest(): void {
    if (this.#options.script.thinks === null && this.log.status === 'awaiting_input') this.#rest()
  }

  /** What waits for good is left alone, unless it has been told to stop. */
  #rest(): void {
    const { stop } = this.#options.script
    if (this.#stopping && !stop?.graceful) return
    this.#resting = true
    this.#rested.resolve()
  }

  #send(frame: unknown): boolean {
    return this.#visitors[0]!.send(frame)
  }

  #later(milliseconds: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      work()
    }, milliseconds)
    this.#timers.add(timer)
  }
}

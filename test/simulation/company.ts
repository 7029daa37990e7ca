import { setTimeout as sleep } from 'node:timers/promises'
import { Dice } from './dice.ts'
import { Director } from './director.ts'
import { faithful, writeScript } from './script.ts'
import type { Service } from './service.ts'
import type { Tally } from './tally.ts'
import { castTeam } from './teams.ts'
import type { Theatre } from './theatre.ts'
import { runUndisturbed } from './undisturbed.ts'
import { judge, judgeCalls } from './verdict.ts'
import { Visitor } from './visitor.ts'

/** How many runs have to be active at least when a server falls. */
const CROWD = 5
/** How long it may take until so many are, in milliseconds. */
const PATIENCE = 60_000

/** How a server can fall. */
export type Fall = 'kill' | 'killTwice' | 'terminate'

interface CompanyOptions {
  theatre: Theatre
  service: Service
  tally: Tally
  seed: number
  /** The number of the next run, while there is to be one. */
  next(): number | undefined
}

/** All runs of one server. */
export class Company {
  readonly #options: CompanyOptions
  readonly #playing = new Set<Director>()
  readonly #played: Director[] = []

  constructor(options: CompanyOptions) {
    this.#options = options
  }

  /** Has one run after the other. */
  async play(): Promise<void> {
    for (let number = this.#options.next(); number !== undefined; number = this.#options.next()) {
      await this.#playRun(number)
    }
  }

  /** Has the server fall in all of these ways, each when enough runs are active. */
  async fall(falls: readonly Fall[], dice: Dice): Promise<void> {
    const { theatre, tally } = this.#options
    for (const fall of falls) {
      await sleep(dice.int(50, 900))
      await this.#crowd()
      if (fall === 'terminate') {
        tally.note('terminate')
        await theatre.terminate()
      } else {
        tally.note('kill')
        tally.inFlight.push(this.#active)
        if (fall === 'killTwice') tally.note('killWhileRecovering')
        await theatre.kill(fall === 'killTwice' ? dice.int(250, 900) : null)
      }
    }
  }

  /** Compares what is in the database with what clients have heard; the server is not to be running. */
  async audit(): Promise<void> {
    const { theatre } = this.#options
    for (const { run, log } of this.#played) {
      const frames = 'select text from frame where run_id = ? order by seq'
      const stored = (await theatre.ask<{ text: string }>(frames, run)).map(({ text }) => text)
      const heard = log.frames.map((frame) => JSON.stringify(frame))
      // What was under way when a run was paused for good may have come to its end when nobody listened any more.
      const whole = log.end ? stored.length === heard.length : stored.length >= heard.length
      if (!whole || heard.some((text, i) => text !== stored[i]))
        throw new Error(`Run ${run}: ${stored.length} frames are stored and ${heard.length} were heard.`)
      const [row] = await theatre.ask<{ status: string }>('select status from run where id = ?', run)
      const stands = row!.status
      if (log.end ? stands !== log.status : !['awaiting_input', 'paused'].includes(stands))
        throw new Error(`Run ${run} is "${stands}", not "${log.status}".`)
    }
  }

  get #active(): number {
    return [...this.#playing].filter(({ status }) => status === 'active').length
  }

  async #crowd(): Promise<void> {
    const until = Date.now() + PATIENCE
    while (this.#active < CROWD) {
      if (Date.now() > until) throw new Error(`There are only ${this.#active} active runs.`)
      await sleep(5)
    }
  }

  async #playRun(number: number): Promise<void> {
    const { theatre, service, tally, seed } = this.#options
    const dice = new Dice(seed * 1_000_003 + number)
    const cast = castTeam(dice, { port: service.port, world: theatre.name })
    const script = writeScript(dice)
    const task = `Task ${number}.`
    let director: Director | undefined
    try {
      const still = await runUndisturbed(cast.team, task, theatre.name)
      director = await Director.take({ theatre, team: cast.team, task, script, dice, tally })
      this.#playing.add(director)
      await director.direct().finally(() => this.#playing.delete(director!))
      tally.ended(judge(director.log, cast, script, still))
      judgeCalls(director, theatre.name, service)
      this.#played.push(director)
      if (director.log.end) await this.#readAgain(director, dice)
    } catch (error) {
      const what = `Run ${number} (${cast.kind}) with seed ${seed}: ${(error as Error).message}`
      const journal = director ? (await theatre.journal(director.run)).join('\n') : ''
      throw new Error(
        `${what}\nIts script: ${JSON.stringify(script)}\nIts journal:\n${journal}\nIts server says: ${theatre.errors}`,
        {
          cause: error
        }
      )
    }
  }

  /** Somebody who comes when the run is over reads the same. */
  async #readAgain({ run, log }: Director, dice: Dice): Promise<void> {
    const { theatre, tally } = this.#options
    await new Visitor({ theatre, run, log, dice, tally, habits: faithful }).follow()
  }
}

import { type RawData, WebSocket } from 'ws'
import type { Frame } from '../support/run-client.ts'
import type { Dice } from './dice.ts'
import type { KnownLog } from './known-log.ts'
import type { Tally } from './tally.ts'
import type { Theatre } from './theatre.ts'

/** What a visitor does besides listening. */
export interface Habits {
  /** Leaves after so many frames, again and again; never, where it is 0. */
  leavesAfter: number
  /** Comes back at a random number it has heard already. */
  forgets: boolean
  /** Comes without a cursor first. */
  comesFresh: boolean
  /** Stops reading for so many milliseconds after its first frames, in each visit. */
  dozes: number
  /** Stops reading in its first visit, until it is woken. */
  sleeps: boolean
}

/** Who is told what a visitor hears. */
export interface Ear {
  system?(frame: Frame): void
  frame?(frame: Frame): void
  chunk?(): void
}

interface VisitorOptions {
  theatre: Theatre
  run: number
  log: KnownLog
  dice: Dice
  tally: Tally
  habits: Habits
  ear?: Ear
}

/** Errors that a visitor may be told: those of who is late. */
const harmless = new Set(['input_already_answered', 'not_asked', 'not_started', 'closing', 'already_started'])

/** How long it takes at most until a run goes on or somebody is told something, in milliseconds. */
const PATIENCE = 60_000

/** Follows one run to its end over as many connections as it takes, and checks all that it hears. */
export class Visitor {
  readonly #options: VisitorOptions
  /** The number of the last frame it has heard; null while it has heard none. */
  #last: number | null
  #socket: WebSocket | null = null
  #left = false
  #over = false
  #slept = false
  #ended = false
  /** What it has heard before anybody had told it all that lies before. */
  readonly #early: Frame[] = []
  #chunks = new Map<string, string>()

  constructor(options: VisitorOptions) {
    this.#options = options
    this.#last = options.habits.comesFresh ? null : 0
  }

  /** Resolves when the visitor has heard the end of the run, or was told to go home. */
  async follow(): Promise<void> {
    const { theatre } = this.#options
    while (!this.#over && !this.#left) {
      await theatre.up
      if (!this.#left) await this.#visit()
    }
  }

  /** Sends a frame, if it is there. */
  send(frame: unknown): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false
    this.#socket.send(JSON.stringify(frame))
    return true
  }

  /** Checks, when all is known, that what it has heard is all there was. */
  settle(): void {
    const { log, run } = this.#options
    for (const frame of this.#early) log.hear(frame)
    if (this.#over && this.#last !== null && this.#last !== log.length)
      throw new Error(`Run ${run} was closed after frame ${this.#last} of ${log.length}.`)
  }

  /** Reads on, if it sleeps. */
  wake(): void {
    this.#socket?.resume()
  }

  goHome(): void {
    this.#left = true
    this.#socket?.terminate()
  }

  async #visit(): Promise<void> {
    const { theatre, run } = this.#options
    const after = this.#cursor()
    const falls = theatre.falls
    const query = after === null ? '' : `?after=${after}`
    const socket = new WebSocket(`${theatre.url.replace('http', 'ws')}/api/ws/runs/${run}${query}`)
    this.#socket = socket
    this.#chunks.clear()
    const visit = new Visit(after, this.#options.habits.leavesAfter)
    let problem: unknown
    socket.on('message', (data) => {
      try {
        if (problem === undefined) this.#hear(data, visit)
      } catch (error) {
        problem = error
        socket.terminate()
      }
    })
    socket.on('error', (error) => {
      visit.trouble = error.message
    })
    const [code, reason] = await closed(socket).catch((error) => {
      const { log } = this.#options
      throw new Error(
        `Run ${run} (${log.status}, frame ${this.#last} of ${log.length}, ${visit.heard} frames in this visit, ` +
          `slept: ${visit.slept}): ${error.message} ${visit.trouble}`
      )
    })
    if (problem !== undefined) throw problem
    this.#check(code, reason, visit, falls)
  }

  #cursor(): number | null {
    const { habits, dice, tally } = this.#options
    if (this.#last === null || this.#last === 0) return this.#last
    if (!habits.forgets || !dice.chance(0.7)) {
      tally.note('reconnectAtOwnCursor')
      return this.#last
    }
    tally.note('reconnectAtRandomCursor')
    return dice.int(0, this.#last)
  }

  #hear(data: RawData, visit: Visit): void {
    const frame = JSON.parse(String(data)) as Frame
    visit.heard++
    if (visit.heard === 1 && frame.type !== 'system' && frame.type !== 'error')
      throw new Error(`The first frame is of type "${frame.type}".`)
    if (frame.type === 'system') this.#greeted(frame, visit)
    else if (frame.seq !== undefined) this.#numbered(frame, visit)
    else if (frame.type === 'message_chunk') this.#chunk(frame)
    else if (frame.type === 'error' && !harmless.has(frame.code))
      throw new Error(`An error was told: ${JSON.stringify(frame)}`)
    this.#act(visit)
  }

  #greeted(frame: Frame, visit: Visit): void {
    if (visit.at !== null && frame.run.seq < visit.at)
      throw new Error(`The server knows ${frame.run.seq} frames of ${visit.at}.`)
    this.#options.ear?.system?.(frame)
  }

  #numbered(frame: Frame, visit: Visit): void {
    const { log, ear } = this.#options
    // Somebody who comes without a cursor is told the open question again, under its own number.
    if (visit.at === null && frame.replay && frame.type === 'input_request') return
    const expected = visit.at === null ? frame.seq : visit.at + 1
    if (frame.seq !== expected) throw new Error(`Frame ${frame.seq} came after ${visit.at}.`)
    visit.at = frame.seq
    if (frame.seq <= log.length + 1) log.hear(frame)
    else this.#early.push(frame)
    if (this.#last !== null && frame.seq <= this.#last) {
      if (!frame.replay) throw new Error(`Frame ${frame.seq} came a second time without saying so.`)
      return
    }
    this.#last = frame.seq
    this.#ended = frame.type === 'result' || frame.type === 'completion'
    this.#whole(frame)
    ear?.frame?.(frame)
  }

  #chunk({ data: { full_message_id: id, content } }: Frame): void {
    this.#chunks.set(id, (this.#chunks.get(id) ?? '') + content)
    this.#options.ear?.chunk?.()
  }

  /** The pieces of an answer that came over one connection are the answer. */
  #whole({ data }: Frame): void {
    const pieces = this.#chunks.get(data?.id)
    if (pieces === undefined) return
    this.#chunks.delete(data.id)
    if (pieces !== data.content) throw new Error(`The pieces "${pieces}" are not "${data.content}".`)
  }

  #act(visit: Visit): void {
    const { habits, tally } = this.#options
    const socket = this.#socket!
    if (habits.sleeps && visit.heard === 3 && !this.#slept) {
      this.#slept = visit.slept = true
      socket.pause()
    } else if (habits.dozes > 0 && visit.heard === 3) {
      tally.note('slowClient')
      socket.pause()
      setTimeout(() => socket.resume(), habits.dozes)
    } else if (habits.leavesAfter > 0 && visit.heard > visit.enough) {
      tally.note('disconnect')
      visit.left = true
      if (visit.heard % 2) socket.terminate()
      else socket.close(1000)
    }
  }

  #check(code: number, reason: string, visit: Visit, falls: number): void {
    const { theatre, run, tally } = this.#options
    if (this.#left || visit.left) return
    const fell = theatre.falls !== falls
    if ((code === 1006 || code === 1012) && fell) return
    // Whoever sleeps on for long is cut off before it has read why.
    if ((code === 4413 || code === 1006) && visit.slept) return tally.note('tooSlowClient')
    const knowsNothing = this.#last === null
    if (code === 4003 && knowsNothing) {
      // It came when the run was over, and comes again to read it.
      this.#last = 0
      return
    }
    if (code !== 1000)
      throw new Error(
        `Run ${run} was closed with ${code} "${reason}" ${visit.trouble} after ${visit.heard} frames in ${Date.now() - visit.began} ms.`
      )
    if (!this.#ended && !knowsNothing) throw new Error(`Run ${run} was closed before its end.`)
    this.#over = true
  }
}

/** One connection. */
class Visit {
  /** The number of the frame before the next; null until it is known. */
  at: number | null
  heard = 0
  left = false
  slept = false
  readonly began = Date.now()
  /** What was wrong with the socket. */
  trouble = ''
  readonly enough: number

  constructor(after: number | null, enough: number) {
    this.at = after
    this.enough = enough
  }
}

/** How a connection ended; one that is silent for too long is given up. */
async function closed(socket: WebSocket): Promise<[number, string]> {
  const end = Promise.withResolvers<[number, string]>()
  const timer = setTimeout(() => end.reject(new Error('Nothing came for too long.')), PATIENCE)
  socket.on('message', () => timer.refresh())
  socket.on('close', (code, reason) => end.resolve([code, String(reason)]))
  try {
    return await end.promise
  } finally {
    clearTimeout(timer)
    socket.terminate()
  }
}

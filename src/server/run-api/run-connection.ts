import { type ClientFrame, parseFrame } from '../../protocol/client-frames.ts'
import { closeCodes, codeOf, errorFrameOf } from '../../protocol/close-codes.ts'
import { TroupeError } from '../../protocol/errors.ts'
import type { OutgoingFrame } from '../../protocol/frames.ts'
import type { TransientFrame } from '../../protocol/server-frames.ts'
import type { Runtime } from '../../runtime/host/runtime.ts'
import type { RunRow } from '../../runtime/store/store.ts'
import type { Socket, SocketEvents } from '../ws/socket.ts'
import { BackpressuredSubscriber } from './backpressured-subscriber.ts'
import type { Rights, Warning } from './caller.ts'
import { type Client, handle } from './frame-handlers.ts'
import { InputAcks } from './input-acks.ts'
import { logInternal } from './log-internal.ts'
import type { StartableTeams } from './teams/startable-teams.ts'
import { subscribe } from './whole-records.ts'

/** Beyond so many characters a frame is no mere command. */
const LONG = 500
/** Characters of what may wait to be done for one client, and what a frame counts beside its text. */
const [MOST, FRAME] = [64 * 2 ** 20, 2 ** 14]

/** The frames of a client that may only follow and answer. */
const scoped: readonly ClientFrame['type'][] = ['ping', 'input_response']

/** A client that was let in to a run: `after` is where it left off, null when it wants only what comes. */
export interface Attachment {
  run: RunRow
  after: number | null
  /** Whether it wants the records of model calls whole. */
  whole: boolean
  /** Whether it may answer questions, and nothing else. */
  answersOnly?: boolean
}

/** One client of one run: reads its frames, sends it the run's. */
export class RunConnection extends BackpressuredSubscriber implements SocketEvents, Client {
  readonly runtime: Runtime
  readonly run: number
  readonly rights: Rights | undefined
  readonly teams: StartableTeams
  readonly #answersOnly: boolean
  #last: Promise<void> | null = null
  /** Characters of what waits to be done for this client. */
  #size = 0
  readonly #socket: Socket
  #answers: InputAcks | undefined
  /** What came before the client was greeted and shown where the run stands: it is answered after that. */
  #early: (() => void)[] | null = []

  constructor(
    socket: Socket,
    { runtime, teams, rights }: Pick<Client, 'runtime' | 'teams' | 'rights'>,
    { run, answersOnly = false }: Attachment
  ) {
    super()
    this.#socket = socket
    this.runtime = runtime
    this.teams = teams
    this.run = run.id
    this.rights = rights
    this.#answersOnly = answersOnly
  }

  get answers(): InputAcks {
    this.#answers ??= new InputAcks()
    return this.#answers
  }

  /** Greets the client, then shows it the run. */
  async greet({ run, ...from }: Attachment): Promise<void> {
    const info = await this.runtime.info(run)
    const timestamp = new Date().toISOString()
    this.send({ type: 'system', status: 'connected', timestamp, run: info })
    this.leaveBy(await subscribe(this.runtime, run, from, this))
    this.#listen()
  }

  /** Answers what came early, from now on at once. */
  #listen(): void {
    const early = this.#early ?? []
    this.#early = null
    for (const answer of early) answer()
  }

  send(frame: TransientFrame): void {
    this.#socket.send(JSON.stringify(frame))
  }

  warn(warning: Warning): void {
    this.send({ type: 'warning', ...warning })
  }

  onMessage(text: string): void {
    if (this.#early) return void this.#early.push(() => this.onMessage(text))
    // To read what brings a whole team takes a while, and a thousand clients may start their runs at once.
    if (text.length > LONG)
      return this.#inOrder(text.length, () =>
        this.runtime.scheduler.turn(true).then(() => this.#do(this.#read(text)))
      )
    const frame = this.#read(text)
    if (frame?.type === 'ping') void this.#do(frame)
    else if (frame) this.#inOrder(text.length, () => this.#do(frame))
  }

  /** One after the other: a stop right behind a start finds the run started. */
  #inOrder(size: number, work: () => Promise<void>): void {
    this.#size += size + FRAME
    if (this.#size > MOST) return this.#tooFast()
    const done = () => {
      this.#size -= size + FRAME
    }
    this.#last = (this.#last ? this.#last.then(work) : work()).then(done)
  }

  /** More waits of this client than is kept, since the store is slow, or what it asks for is. */
  #tooFast(): void {
    this.#refuse(new TroupeError('too_much_at_once'))
    this.#socket.close(closeCodes.tooFast.code, closeCodes.tooFast.reason)
  }

  #read(text: string): ClientFrame | undefined {
    try {
      const frame = parseFrame(text)
      if (this.#answersOnly && !scoped.includes(frame.type))
        throw new TroupeError('token_scope', String(this.run))
      return frame
    } catch (error) {
      this.#refuse(error)
      return undefined
    }
  }

  async #do(frame: ClientFrame | undefined): Promise<void> {
    try {
      if (!frame) return
      this.rights?.demand(frame.type, frame)
      await handle(frame, this)
    } catch (error) {
      this.#refuse(error)
    }
  }

  #refuse(error: unknown): void {
    this.runtime.metrics.errors.add({ code: codeOf(error) })
    logInternal(this.runtime, this.run, error, 'a frame could not be handled')
    this.#socket.send(errorFrameOf(error))
  }

  onBinary(): void {
    if (this.#early) return void this.#early.push(() => this.onBinary())
    this.#refuse(new TroupeError('binary_frame'))
  }

  onTooLarge(): void {}

  protected get buffered(): number {
    return this.#socket.buffered
  }

  protected put(lines: readonly OutgoingFrame[]): void {
    this.#socket.cork(() => {
      for (const { text } of lines) this.#socket.send(text)
    })
    // A long past is shown page by page, which may take a while.
    if (this.#early) queueMicrotask(() => this.#listen())
  }

  protected end(why: 'tooSlow' | 'finished' | 'lost'): void {
    this.#socket.close(closeCodes[why].code, closeCodes[why].reason)
  }
}

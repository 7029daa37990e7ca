import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { entriesOf } from '../../src/runtime/journal/run-log.ts'
import type { JournalEntry } from '../../src/runtime/store/store.ts'
import { type Child, root, startChild } from '../support/child.ts'
import { databaseIn } from '../support/database.ts'
import { query } from '../support/database-contents.ts'
import { freePort, newSession } from '../support/run-server.ts'
import type { Service } from './service.ts'

/** A server that is killed and comes back, with all that it has stored. */
export class Theatre {
  readonly name: string
  readonly folder: string
  readonly url: string
  session = 0
  /** How many times it has begun to end. */
  falls = 0
  /** How many calls there had been when the present server began. */
  #callsBefore = 0
  readonly #port: number
  readonly #service: Service
  #child: Child | null = null
  #closed = false
  #up = Promise.withResolvers<void>()

  private constructor(name: string, folder: string, port: number, service: Service) {
    this.name = name
    this.folder = folder
    this.#port = port
    this.url = `http://127.0.0.1:${port}`
    this.#service = service
  }

  static async open(name: string, folder: string, service: Service): Promise<Theatre> {
    const theatre = new Theatre(name, folder, await freePort(), service)
    await theatre.#start()
    theatre.session = await newSession(theatre.url)
    return theatre
  }

  /** Resolves when the server can be reached. */
  get up(): Promise<void> {
    return this.#up.promise
  }

  /** Kills the server and starts it again; a second time some milliseconds after that, if they are given. */
  async kill(again: number | null): Promise<void> {
    await this.#end('SIGKILL')
    await this.#noteDone()
    if (again !== null) await this.#startInVain(again)
    await this.#start()
  }

  /** Tells the server to end, and starts it again. */
  async terminate(): Promise<void> {
    const began = performance.now()
    await this.#end('SIGTERM')
    // It lets everything finish that takes less than eight seconds, as all does here unless the machine is busy.
    const inTime = performance.now() - began < 7000
    // A call of a life that was killed may rightly be made again: its run was paused, and this life left it alone.
    if (inTime)
      for (const key of this.#service.keysOf(`${this.name}/`, this.#callsBefore))
        this.#service.done(key, 'the server has ended in order')
    await this.#noteDone()
    await this.#start()
  }

  /** Ends the server for good, whatever is going on. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#child?.[Symbol.asyncDispose]()
  }

  /** Reads the database. */
  async ask<Row extends object>(sql: string, ...values: unknown[]): Promise<Row[]> {
    return query<Row>(await databaseIn(this.folder), sql, ...values)
  }

  /** What the server has written to stderr. */
  get errors(): string {
    const lives = this.#child && existsSync(`/proc/${this.#child.pid}`) ? 'It lives.' : 'It is dead.'
    return `${lives} ${this.#child?.errors()}`
  }

  /** What is in a run's journal, in short. */
  async journal(run: number): Promise<string[]> {
    const entries = await this.ask<JournalEntry>('select * from journal where run_id = ? order by n', run)
    return entries.map(({ n, kind, body }) => `${n} ${kind} ${body.slice(0, 160)}`)
  }

  async #args(): Promise<string[]> {
    const database = await databaseIn(this.folder)
    // Room for an answer that is more than a sleeping client's socket takes.
    const limits = ['--max-answer', '128', '--max-model-body', '256']
    const place = ['--port', String(this.#port), '--data-dir', this.folder, '--database', database]
    return ['serve', ...place, ...limits]
  }

  async #start(): Promise<void> {
    const child = await startChild(
      join(root, 'bin/troupe'),
      await this.#args(),
      /^troupe listening on/,
      60_000
    )
    this.#child = child
    // What the server has asked before it said that it listens is not held against it.
    this.#callsBefore = this.#service.count
    if (this.#closed) return child[Symbol.asyncDispose]()
    this.#up.resolve()
  }

  /** Starts a server and kills it before or while it has its runs go on. */
  async #startInVain(milliseconds: number): Promise<void> {
    const child = spawn(join(root, 'bin/troupe'), await this.#args(), { stdio: 'ignore' })
    const ended = once(child, 'exit')
    await sleep(milliseconds)
    child.kill('SIGKILL')
    await ended
    await this.#noteDone()
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.falls++
    this.#up = Promise.withResolvers()
    const how = await this.#child!.end(signal)
    const expected = signal === 'SIGKILL' ? signal : 0
    if (how !== expected) throw new Error(`${signal} ended the server with ${how}: ${this.#child!.errors()}`)
    // Warnings are not wrong: a run may be set aside. Of a long text only the end is kept, so a line may lack its head.
    const isWarning = /"level":"warn"|"msg":"a run does not go on"\}$/
    const errors = this.#child!.errors()
      .split('\n')
      .filter((line) => line !== '' && !isWarning.test(line))
      .join('\n')
    if (errors !== '') throw new Error(`The server said: ${errors}`)
  }

  /** What is in the journal is done, and is never to be done again. */
  async #noteDone(): Promise<void> {
    const rows = await this.ask<JournalEntry & { run_id: number }>(
      'select run_id, n, kind, body from journal'
    )
    for (const row of rows)
      for (const entry of entriesOf(row)) {
        if (entry.kind !== 'effect' && entry.kind !== 'part') continue
        // A part is named after its effect: `…:3:tool:0`.
        const key = `${this.name}/${row.run_id}:${entry.key.replace(':tool:', ':')}`
        this.#service.done(key, `what came of it was in the journal (${entry.kind})`)
      }
  }
}

import { textOf } from '../machines/messages/text.ts'
import type { RunStatus } from '../protocol/run-status.ts'
import type { PendingInput, ServerFrame, ShownMessage } from '../protocol/server-frames.ts'
import type { Api } from './api.ts'
import { ClientError } from './client-error.ts'
import { type Draft, Drafts } from './drafts.ts'
import { EventQueue } from './event-queue.ts'
import { RunChart } from './run-chart.ts'
import { type Connection, RunSocket } from './run-socket.ts'

/** A frame of a run, typed as in PROTOCOL.md. */
export type RunEvent = ServerFrame

/** A message of a run; `draft` where it is still being written. */
export type RunMessage = ShownMessage & { readonly draft?: true }

/** How a run came out. */
export interface RunResult {
  status: 'complete' | 'stopped' | 'error'
  stopReason: string
  /** In AutoGen's JSON. */
  messages: readonly unknown[]
  /** Why it failed, where that is one of the list of errors. */
  code?: string
}

/** The end of a turn. */
export interface Turn {
  /** From 0, the task. */
  turn: number
  /** The number of the last frame before it ended. */
  seq: number
  speakers: readonly string[]
  /** ISO 8601. */
  at: string
}

/** Where a run begins that is made from another one. */
export interface Fork {
  /** The turn at whose end the new run begins. */
  turn: number
}

interface RunParts {
  api: Api
  id: number
  after: number
  status: RunStatus | null
  /** The runs of a client that hold something open. */
  open: Set<ClientRun>
}

const ends = { cancelled: 'stopped', error: 'error' } as const

/**
 * A run on a server. `for await (const event of run)` gives its frames, those of the past first, until it ends, and comes
 * back by itself after a lost connection. `status`, `questions`, `messages()` and `chart` follow as long as a loop, `result()`
 * or `follow()` has the connection open. Commands need no connection.
 */
export class ClientRun implements AsyncIterable<RunEvent> {
  readonly id: number
  readonly #api: Api
  readonly #frames: RunEvent[] = []
  readonly #queues = new Set<EventQueue<RunEvent>>()
  readonly #listeners = new Set<() => void>()
  readonly #drafts = new Drafts()
  #cursor: number
  #status: RunStatus | null
  #questions: readonly PendingInput[] = []
  #connection: Connection = 'idle'
  #socket: RunSocket | undefined
  #over: { error?: ClientError } | undefined
  #chart: RunChart | undefined
  #messages: readonly RunMessage[] | undefined
  #result: RunResult | undefined
  readonly #open: Set<ClientRun>

  constructor({ api, id, after, status, open }: RunParts) {
    this.#open = open
    this.#api = api
    this.id = id
    this.#cursor = after
    this.#status = status
  }

  /** Where the run stands; null until that is known. */
  get status(): RunStatus | null {
    return this.#status
  }

  /** The questions that are open, oldest first; another list after each change. */
  get questions(): readonly PendingInput[] {
    return this.#questions
  }

  /** The messages that are being written; another list after each change. */
  get drafts(): readonly Draft[] {
    return this.#drafts.all
  }

  get connection(): Connection {
    return this.#connection
  }

  /** Why the run cannot be followed; null where it can, or has ended. */
  get error(): ClientError | null {
    return this.#over?.error ?? null
  }

  /** The `seq` of the last frame that was received: where `client.run(id, { after })` goes on. */
  get cursor(): number {
    return this.#cursor
  }

  /** The statecharts of the run, its manager and its participants; followed from now on until `close()`. */
  get chart(): RunChart {
    this.#open.add(this)
    this.#chart ??= new RunChart(this.#api, this.id)
    return this.#chart
  }

  /** The messages so far, without the records of model calls; what is being written stands at the end, marked `draft`. */
  messages(): readonly RunMessage[] {
    this.#messages ??= [
      ...this.#frames.flatMap((frame) =>
        (frame.type === 'message' || frame.type === 'event') && frame.data.source !== 'llm_call_event'
          ? [frame.data]
          : []
      ),
      ...this.drafts.map(draftMessage)
    ]
    return this.#messages
  }

  /** What participants have said and are saying, without the task; a blank line between messages. */
  text(): string {
    return this.messages()
      .filter(({ type, source }) => said.has(type) && source !== 'user')
      .map((message) => textOf(message as Parameters<typeof textOf>[0]))
      .join('\n\n')
  }

  /** The frames above `after`, and then as they come. Throws `ClientError` where the run cannot be followed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<RunEvent, void, void> {
    const queue = new EventQueue<RunEvent>(this.#frames)
    if (this.#over) queue.end(this.#over.error)
    this.#queues.add(queue)
    const leave = this.follow()
    try {
      yield* queue.values()
    } finally {
      this.#queues.delete(queue)
      leave()
    }
  }

  /** Keeps the connection open and has `changed` called after each change. Gives how to leave. */
  follow(changed: () => void = () => {}): () => void {
    const listener = () => changed()
    this.#listeners.add(listener)
    if (!this.#over) this.#socket ??= this.#connect()
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size === 0) this.#shut()
    }
  }

  /** Waits until the run has ended. `signal` ends the wait, not the run. Throws `ClientError`. */
  async result({ signal }: { signal?: AbortSignal } = {}): Promise<RunResult> {
    signal?.throwIfAborted()
    const ended = Promise.withResolvers<void>()
    const abort = () => ended.reject(signal!.reason)
    const look = () => {
      if (this.#result) ended.resolve()
      else if (this.#over?.error) ended.reject(this.#over.error)
      else if (this.#over) ended.resolve()
    }
    const leave = this.follow(look)
    signal?.addEventListener('abort', abort, { once: true })
    try {
      look()
      await ended.promise
      // The last frame lies before `after` where the run was over already.
      return this.#result ?? resultOfRow(await this.#api.get<RunRow>(`/runs/${this.id}`, {}, signal))
    } finally {
      signal?.removeEventListener('abort', abort)
      leave()
    }
  }

  /** Answers the oldest question, or the one that `request_id` names. Throws `not_asked`, `input_already_answered`. */
  async answer(response: string, request_id?: string): Promise<void> {
    await this.#answer({ response }, request_id)
  }

  /** Approves the oldest call that waits for it, or the one that `request_id` names. */
  async approve(request_id?: string): Promise<void> {
    await this.#answer({ approved: true }, request_id ?? this.#approval())
  }

  /** Refuses a call, and tells the model why. */
  async reject(reason?: string, request_id?: string): Promise<void> {
    await this.#answer({ approved: false, reason }, request_id ?? this.#approval())
  }

  /** Holds the run before its next model or tool call. */
  pause(): Promise<void> {
    return this.#command('pause')
  }

  resume(): Promise<void> {
    return this.#command('resume')
  }

  /** Ends the run: at once, or with `graceful` after the present turn. */
  stop(options: string | { reason?: string; graceful?: boolean } = {}): Promise<void> {
    return this.#command('stop', typeof options === 'string' ? { reason: options } : options)
  }

  /** Makes a run that goes on from the end of a turn of this one. This one stays as it is. */
  async fork({ turn }: Fork): Promise<ClientRun> {
    const { run_id } = await this.#api.post<{ run_id: number }>(`/runs/${this.id}/fork`, { turn })
    return new ClientRun({ api: this.#api, id: run_id, after: 0, status: null, open: this.#open })
  }

  /** The turns that have ended, oldest first. */
  turns(): Promise<Turn[]> {
    return this.#api.get(`/runs/${this.id}/turns`)
  }

  /** The team's state in AutoGen's JSON, now or at the end of a turn; null before the run has begun. */
  state({ turn }: { turn?: number } = {}): Promise<Record<string, unknown> | null> {
    return this.#api.get(`/runs/${this.id}/state`, { turn })
  }

  /** Ends loops and the chart, and closes the connection. The run goes on. */
  close(): void {
    this.#shut()
    this.#end()
    this.#chart?.close()
    this.#chart = undefined
    this.#open.delete(this)
  }

  #approval(): string | undefined {
    return this.#questions.find(({ kind }) => kind === 'approval')?.request_id
  }

  async #answer(body: object, request_id: string | undefined): Promise<void> {
    await this.#command('input', { ...body, request_id })
    const known = request_id ?? this.#questions[0]?.request_id
    this.#questions = this.#questions.filter((question) => question.request_id !== known)
    this.#tell()
  }

  async #command(name: string, body: object = {}): Promise<void> {
    const { status } = await this.#api.post<{ status: RunStatus }>(`/runs/${this.id}/${name}`, body)
    this.#status = status
    this.#tell()
  }

  #connect(): RunSocket {
    this.#open.add(this)
    return new RunSocket(this.#api, this.id, {
      cursor: () => this.#cursor,
      onFrame: (frame) => this.#take(frame),
      onConnection: (connection) => {
        this.#connection = connection
        this.#tell()
      },
      onEnd: (error) => this.#end(error)
    })
  }

  #shut(): void {
    this.#socket?.close()
    this.#socket = undefined
    if (!this.#chart) this.#open.delete(this)
  }

  #end(error?: ClientError): void {
    this.#over ??= { ...(error && { error }) }
    this.#socket = undefined
    if (!this.#chart) this.#open.delete(this)
    for (const queue of this.#queues) queue.end(error)
    this.#tell()
  }

  #take(frame: RunEvent): void {
    if ('seq' in frame) {
      if (frame.seq <= this.#cursor) return
      this.#cursor = frame.seq
      this.#frames.push(frame)
    }
    this.#messages = undefined
    this.#learn(frame)
    for (const queue of this.#queues) queue.push(frame)
    this.#tell()
  }

  #learn(frame: RunEvent): void {
    switch (frame.type) {
      case 'system':
        this.#status = frame.run.status
        this.#questions = frame.run.pending_input
        // The text so far of each comes again.
        return this.#drafts.clear()
      case 'status':
        this.#status = frame.status
        return
      case 'message_chunk':
        return this.#drafts.add(frame)
      case 'message':
      case 'event':
        return this.#said(frame.data)
      case 'input_request': {
        const { request_id, prompt, source, deadline, kind, call } = frame
        const others = this.#questions.filter((one) => one.request_id !== request_id)
        this.#questions = [...others, { request_id, prompt, source, deadline, kind, call }]
        return
      }
      case 'result':
      case 'completion':
        this.#result = resultOf(frame)
        this.#status = this.#result.status
        this.#questions = []
        this.#drafts.clear()
    }
  }

  #said({ id, source, type }: ShownMessage): void {
    this.#drafts.remove(id, source)
    // A member that was asked has its answer when it speaks.
    if (type !== 'UserInputRequestedEvent' && this.#questions.some((one) => one.source === source))
      this.#questions = this.#questions.filter((one) => one.source !== source)
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}

/** The messages that are said to people. */
const said: ReadonlySet<string> = new Set([
  ...['TextMessage', 'MultiModalMessage', 'StopMessage', 'HandoffMessage'],
  ...['StructuredMessage', 'ToolCallSummaryMessage']
])

const draftMessage = ({ id, source, text }: Draft): RunMessage => ({
  ...{ id, source, type: 'TextMessage', content: text, created_at: '', metadata: {}, models_usage: null },
  draft: true
})

function resultOf(frame: Extract<RunEvent, { type: 'result' | 'completion' }>): RunResult {
  const { messages, stop_reason } = frame.data.task_result
  return {
    status: frame.type === 'result' ? 'complete' : ends[frame.status],
    stopReason: stop_reason,
    messages,
    ...(frame.type === 'completion' && frame.code !== undefined && { code: frame.code })
  }
}

/** A run as REST gives it. */
interface RunRow {
  status: RunStatus
  team_result: { task_result: { messages: readonly unknown[]; stop_reason: string } } | null
}

function resultOfRow({ status, team_result }: RunRow): RunResult {
  if (!team_result || !(status === 'complete' || status === 'stopped' || status === 'error'))
    throw new ClientError('closed', 'The run is not followed any more.')
  const { messages, stop_reason } = team_result.task_result
  return { status, stopReason: stop_reason, messages }
}

import type { ChildProcess } from 'node:child_process'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { getDefaultEnvironment } from '@modelcontextprotocol/sdk/client/stdio.js'
import { serializeMessage } from '@modelcontextprotocol/sdk/shared/stdio.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { type JSONRPCMessage, JSONRPCMessageSchema } from '@modelcontextprotocol/sdk/types.js'
import { endGroup, spawnGroup } from '../../shared/process-group.ts'
import type { StdioParams } from './params.ts'

/** Milliseconds that a server has to end by itself, and again after SIGTERM. */
const PATIENCE = 1000
/** Bytes of one message. */
const LONGEST = 64 * 2 ** 20
/** Characters that are kept of what a server writes for people. */
const LAST_WORDS = 500

/**
 * Speaks to an MCP server over its standard input and output. Unlike the SDK's own it ends all that the server has
 * started: `npx` and its like start the server as a child of theirs.
 */
export class McpProcess implements Transport {
  onclose?: () => void
  onerror?: (error: Error) => void
  onmessage?: (message: JSONRPCMessage) => void
  /** The code with which the process has ended by itself. */
  exitCode: number | null = null
  /** The end of what the process has written to its standard error. */
  lastWords = ''
  readonly #params: StdioParams
  /** What has come of a line, and how long it is. */
  #line: Buffer[] = []
  #length = 0
  #child: ChildProcess | null = null

  constructor(params: StdioParams) {
    this.#params = params
  }

  start(): Promise<void> {
    const { command, args, env, cwd } = this.#params
    const own = { ...getDefaultEnvironment(), ...env }
    // A path is one of this process, wherever the other one is started.
    const program = command.includes('/') ? resolve(command) : command
    const child = spawnGroup([program, ...args], {
      ...{ folder: cwd ?? undefined, env: own, stdin: 'pipe', stderr: 'pipe' }
    })
    this.#child = child
    child.stdout?.on('data', (piece: Buffer) => this.#read(piece))
    child.stderr?.on('data', (piece: Buffer) => {
      this.lastWords = (this.lastWords + piece.toString('utf8')).slice(-LAST_WORDS)
    })
    child.stdin?.on('error', (error) => this.onerror?.(error))
    child.once('close', (code) => {
      if (this.#child) this.exitCode = code
      this.#child = null
      this.onclose?.()
    })
    return new Promise((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', reject)
    })
  }

  send(message: JSONRPCMessage): Promise<void> {
    return new Promise((resolve, reject) => {
      const input = this.#child?.stdin
      if (!input?.writable) return reject(new Error('The process has ended.'))
      input.write(serializeMessage(message), (error) => (error ? reject(error) : resolve()))
    })
  }

  /** Lets the server end, or ends it; comes back when nothing of it is left. */
  async close(): Promise<void> {
    const child = this.#child
    if (!child) return
    this.#child = null
    const gone = new Promise<true>((resolve) => child.once('close', () => resolve(true)))
    child.stdin?.end()
    if (await soon(gone)) return
    endGroup(child.pid, 'SIGTERM')
    if (await soon(gone)) return
    endGroup(child.pid)
    await gone
  }

  #read(piece: Buffer): void {
    for (let start = 0; start < piece.length; ) {
      const end = piece.indexOf(0x0a, start)
      const part = piece.subarray(start, end < 0 ? piece.length : end)
      this.#length += part.length
      // The rest of a line that is too long is passed over, and the request that it answers is rejected.
      if (this.#length <= LONGEST) this.#line.push(part)
      else if (this.#line.length > 0) this.#tooLong()
      if (end < 0) return
      this.#take()
      start = end + 1
    }
  }

  /** Takes the line that is whole now. What is no message was meant for people: many servers print such lines. */
  #take(): void {
    const whole = this.#length <= LONGEST
    const text = Buffer.concat(this.#line).toString('utf8')
    this.#line = []
    this.#length = 0
    if (!whole || !/^\s*[{[]/.test(text)) return
    const parsed = messageIn(text)
    if (parsed) this.onmessage?.(parsed)
  }

  #tooLong(): void {
    // The answer's id stands at its beginning, or its request cannot be known.
    const id = /"id"\s*:\s*(\d+|"[^"]{1,100}")/.exec(
      Buffer.concat(this.#line).toString('latin1', 0, 500)
    )?.[1]
    this.#line = []
    const error = { code: -32000, message: `The answer of the server is longer than ${LONGEST} bytes.` }
    if (id) this.onmessage?.({ jsonrpc: '2.0', id: JSON.parse(id), error })
    else void this.close()
  }
}

function messageIn(text: string): JSONRPCMessage | undefined {
  try {
    return JSONRPCMessageSchema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

const soon = (gone: Promise<true>) => Promise.race([gone, sleep(PATIENCE, false)])

import type { ChildProcess } from 'node:child_process'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { getDefaultEnvironment } from '@modelcontextprotocol/sdk/client/stdio.js'
import { ReadBuffer, serializeMessage } from '@modelcontextprotocol/sdk/shared/stdio.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js'
import { endGroup, spawnGroup } from '../shared/process-group.ts'
import type { StdioParams } from './mcp-params.ts'

/** Milliseconds that a server has to end by itself, and again when it is told to. */
const PATIENCE = 1000

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
  readonly #params: StdioParams
  readonly #buffer = new ReadBuffer()
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
      ...{ folder: cwd ?? undefined, env: own, stdin: 'pipe', stderr: 'ignore' }
    })
    this.#child = child
    child.stdout?.on('data', (piece: Buffer) => this.#read(piece))
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
    try {
      this.#buffer.append(piece)
      for (let message = this.#buffer.readMessage(); message; message = this.#buffer.readMessage())
        this.onmessage?.(message)
    } catch (error) {
      this.onerror?.(error as Error)
    }
  }
}

const soon = (gone: Promise<true>) => Promise.race([gone, sleep(PATIENCE, false)])

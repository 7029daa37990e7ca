import type { Duplex } from 'node:stream'

/** What one process tells another: of which socket or request, and what. */
export interface Message {
  op: number
  id: number
  /** A part of all that came at once: who keeps it for long makes a copy. */
  bytes: Buffer
}

/** What a link tells its owner. */
export interface LinkEvents {
  /** All that came at once, in order. */
  onMessages(messages: readonly Message[]): void
  /** The other process has ended, or let go. Called once. */
  onLost(): void
}

// The length of what follows, the op, the id.
const HEAD = 9
const BLOCK = 2 ** 16

/** A pipe between two processes on which messages go both ways, joined per turn of the loop. */
export class Link {
  readonly #pipe: Duplex
  readonly #events: LinkEvents
  #block = Buffer.allocUnsafeSlow(BLOCK)
  /** What is in the block and not yet given to the pipe. */
  #from = 0
  #to = 0
  #flushes = false
  /** What has come of a message that is not whole. */
  #parts: Buffer[] = []
  #have = 0
  #need = HEAD
  #open = true

  constructor(pipe: Duplex, events: LinkEvents) {
    this.#pipe = pipe
    this.#events = events
    pipe.on('data', (chunk: Buffer) => this.#read(chunk))
    // What goes wrong with a pipe is its end.
    pipe.on('error', () => {})
    pipe.on('end', () => this.#lose())
    pipe.on('close', () => this.#lose())
  }

  /** Bytes that the other process has not taken yet. */
  get waiting(): number {
    return this.#pipe.writableLength + this.#to - this.#from
  }

  /** Sends a message; gives the size of its body in bytes. A number takes four. */
  put(op: number, id: number, body: string | Uint8Array | number = ''): number {
    if (!this.#open) return 0
    const size = sizeOf(body)
    this.#makeRoom(HEAD + size)
    const at = this.#to
    this.#block.writeUInt32LE(size, at)
    this.#block.writeUInt8(op, at + 4)
    this.#block.writeUInt32LE(id, at + 5)
    if (typeof body === 'string') this.#block.write(body, at + HEAD)
    else if (typeof body === 'number') this.#block.writeUInt32LE(body, at + HEAD)
    else this.#block.set(body, at + HEAD)
    this.#to = at + HEAD + size
    if (!this.#flushes) {
      this.#flushes = true
      setImmediate(() => this.#flush())
    }
    return size
  }

  /** Lets go, when all that was put has gone out. */
  end(): void {
    this.#give()
    this.#open = false
    this.#pipe.end()
  }

  #makeRoom(size: number): void {
    if (this.#to + size <= this.#block.length) return
    this.#give()
    this.#block = Buffer.allocUnsafeSlow(Math.max(size, BLOCK))
    this.#from = this.#to = 0
  }

  #flush(): void {
    this.#flushes = false
    this.#give()
  }

  #give(): void {
    if (this.#to > this.#from && this.#pipe.writable)
      this.#pipe.write(this.#block.subarray(this.#from, this.#to))
    this.#from = this.#to
  }

  #lose(): void {
    if (!this.#open) return
    this.#open = false
    this.#pipe.destroy()
    this.#events.onLost()
  }

  #read(chunk: Buffer): void {
    this.#parts.push(chunk)
    this.#have += chunk.length
    if (this.#have < this.#need) return
    const data = this.#parts.length === 1 ? chunk : Buffer.concat(this.#parts)
    const messages: Message[] = []
    let at = 0
    this.#need = HEAD
    while (data.length - at >= HEAD) {
      const size = HEAD + data.readUInt32LE(at)
      this.#need = size
      if (data.length - at < size) break
      const bytes = data.subarray(at + HEAD, at + size)
      messages.push({ op: data.readUInt8(at + 4), id: data.readUInt32LE(at + 5), bytes })
      at += size
      this.#need = HEAD
    }
    this.#have = data.length - at
    this.#parts = this.#have > 0 ? [data.subarray(at)] : []
    if (messages.length > 0) this.#events.onMessages(messages)
  }
}

const sizeOf = (body: string | Uint8Array | number): number => {
  if (typeof body === 'number') return 4
  return typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength
}

/** Cutting a WebSocket byte stream into frames and telling their kind from the first bytes, without JSON.parse. */

/** What a server frame is about: its `type`. */
export type Kind =
  | 'system'
  | 'message'
  | 'message_chunk'
  | 'event'
  | 'status'
  | 'input_request'
  | 'result'
  | 'completion'
  | 'error'
  | 'warning'
  | 'pong'
  | 'other'

/** Who is told of each frame; `from` to `to` is the part of the payload that can be seen, its first bytes. */
export interface Listener {
  text(bytes: Buffer, from: number, to: number): void
  ping(payload: Buffer): void
  close(code: number): void
}

/** So much of a frame's payload is looked at; what follows is skipped unread. */
const visible = 320
const longestHeader = 10
const nothing = Buffer.alloc(0)

/** Reads unmasked frames from chunks that begin and end anywhere. */
export class FrameReader {
  #rest: Buffer = nothing
  #skip = 0
  #listener: Listener

  constructor(listener: Listener) {
    this.#listener = listener
  }

  /** Takes the next bytes of the stream; they may be overwritten after the call. */
  push(chunk: Buffer, from: number, to: number): void {
    let at = from + this.#skip
    if (this.#rest.length > 0) {
      const joined = Buffer.concat([
        this.#rest,
        chunk.subarray(from, Math.min(to, from + visible + longestHeader))
      ])
      const next = this.#frame(joined, 0, joined.length)
      if (next < 0) {
        this.#rest = joined
        return
      }
      at = from + next - this.#rest.length
      this.#rest = nothing
    }
    this.#frames(chunk, at, to)
  }

  #frames(chunk: Buffer, from: number, to: number): void {
    let at = from
    while (at < to) {
      const next = this.#frame(chunk, at, to)
      if (next < 0) {
        this.#rest = Buffer.from(chunk.subarray(at, to))
        this.#skip = 0
        return
      }
      at = next
    }
    this.#skip = at - to
  }

  /** Reads the frame that begins at `at`. The place of the next one (perhaps beyond `end`), or -1: more is needed. */
  #frame(bytes: Buffer, at: number, end: number): number {
    if (end - at < 2) return -1
    const short = bytes[at + 1]! & 127
    const header = short < 126 ? 2 : short === 126 ? 4 : longestHeader
    if (end - at < header) return -1
    const length =
      short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : bytes.readUIntBE(at + 4, 6)
    const start = at + header
    const seen = start + Math.min(length, visible)
    if (seen > end) return -1
    this.#tell(bytes[at]! & 15, bytes, start, seen)
    return start + length
  }

  #tell(opcode: number, bytes: Buffer, from: number, to: number): void {
    if (opcode === 1) this.#listener.text(bytes, from, to)
    else if (opcode === 8) this.#listener.close(to - from >= 2 ? bytes.readUInt16BE(from) : 1005)
    else if (opcode === 9) this.#listener.ping(bytes.subarray(from, to))
  }
}

/** A frame from a client. Its mask is zero, so that the payload need not be touched. */
export function clientFrame(payload: string | Buffer, opcode = 1): Buffer {
  const body = typeof payload === 'string' ? Buffer.from(payload) : payload
  const extra = body.length < 126 ? 0 : body.length < 65_536 ? 2 : 8
  const frame = Buffer.alloc(2 + extra + 4 + body.length)
  frame[0] = 128 | opcode
  frame[1] = 128 | (extra === 0 ? body.length : extra === 2 ? 126 : 127)
  if (extra === 2) frame.writeUInt16BE(body.length, 2)
  if (extra === 8) frame.writeUIntBE(body.length, 4, 6)
  body.copy(frame, 6 + extra)
  return frame
}

const byInitial: Record<string, Kind> = {
  r: 'result',
  c: 'completion',
  p: 'pong',
  i: 'input_request',
  w: 'warning'
}
const kinds = new Set<string>(['system', 'message', 'message_chunk', 'event', 'status', 'error'])
for (const kind of Object.values(byInitial)) kinds.add(kind)

/** The kind of a frame whose text begins at `from`. Quick when it begins with `{"type":"`, as all servers write it. */
export function kindOf(bytes: Buffer, from: number, to: number): Kind {
  if (bytes[from + 2] !== 0x74 || bytes[from + 8] !== 0x22 || to - from < 17)
    return slowKindOf(bytes, from, to)
  const second = bytes[from + 10]
  switch (bytes[from + 9]) {
    case 0x6d:
      return bytes[from + 16] === 0x5f ? 'message_chunk' : 'message'
    case 0x73:
      return second === 0x79 ? 'system' : 'status'
    case 0x65:
      return second === 0x76 ? 'event' : 'error'
    default:
      return byInitial[String.fromCharCode(bytes[from + 9]!)] ?? 'other'
  }
}

function slowKindOf(bytes: Buffer, from: number, to: number): Kind {
  for (const match of bytes.toString('latin1', from, to).matchAll(/"type"\s*:\s*"([a-z_]+)"/g))
    if (kinds.has(match[1]!)) return match[1] as Kind
  return 'other'
}

/** Whether the visible part of a `message` frame names an agent as its source; undefined where it does not show. */
export function fromAgent(bytes: Buffer, from: number, to: number): boolean | undefined {
  const source = /"source"\s*:\s*"([^"]*)"/.exec(bytes.toString('latin1', from, to))?.[1]
  return source === undefined ? undefined : source !== 'user' && source !== 'system'
}

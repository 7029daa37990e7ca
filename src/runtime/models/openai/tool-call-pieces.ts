import type { FunctionCall } from '../../../machines/messages/index.ts'

/** A tool call, or a piece of one, as servers write it: any field may be missing, and any may come in pieces. */
export interface ToolCallPiece {
  index?: unknown
  id?: unknown
  function?: { name?: unknown; arguments?: unknown } | null
}

interface Growing {
  index: number | undefined
  id: string
  name: string
  text: string
  /** The last piece of the arguments. */
  last: string
}

/** A piece with its fields as they are used here; what is missing is empty. */
interface Piece {
  index: number | undefined
  id: string
  name: string
  text: string
}

/**
 * Puts the tool calls of an answer together. Servers leave out ids and indices, use one for all calls, repeat what they
 * have said, and send names late or in pieces.
 */
export class ToolCallPieces {
  /** How many characters of arguments there are. */
  length = 0
  readonly #calls: Growing[] = []
  readonly #offered: ReadonlySet<string>

  /** @param offered the names of the tools that were offered: they tell a piece of a name from a whole one */
  constructor(offered: ReadonlySet<string>) {
    this.#offered = offered
  }

  /** Whether there is no call yet. */
  get isEmpty(): boolean {
    return this.#calls.length === 0
  }

  /** Takes whole calls. */
  whole(calls: readonly ToolCallPiece[]): void {
    for (const call of calls) this.#take(this.#begin(undefined), readPiece(call))
  }

  /** Takes what one chunk of a stream holds. */
  pieces(pieces: readonly ToolCallPiece[]): void {
    for (const [at, given] of pieces.entries()) {
      const piece = readPiece(given)
      // Without an index, what stands beside another piece in the same chunk is a call of its own.
      const isOwn = at > 0 && piece.index === undefined && piece.name !== ''
      this.#take((isOwn ? undefined : this.#known(piece)) ?? this.#begin(piece.index), piece)
    }
  }

  /** The calls, complete: each with an id of its own, and with arguments. */
  done(): FunctionCall[] {
    const ids = new Set<string>()
    return this.#calls
      .filter(({ id, name, text }) => id !== '' || name !== '' || text !== '')
      .map(({ id, name, text, last }) => {
        const own = id !== '' && !ids.has(id) ? id : `call_${crypto.randomUUID().replaceAll('-', '')}`
        ids.add(own)
        return { id: own, name, arguments: mended(text, last) }
      })
  }

  #begin(index: number | undefined): Growing {
    const call = { index, id: '', name: '', text: '', last: '' }
    this.#calls.push(call)
    return call
  }

  /** The call that a piece belongs to, where it does not begin one. */
  #known(piece: Piece): Growing | undefined {
    const last = this.#calls.at(-1)
    const { index, id, name } = piece
    const same = id === '' ? undefined : this.#calls.findLast((call) => call.id === id)
    const call = index === undefined ? (same ?? last) : this.#calls.findLast((one) => one.index === index)
    if (!call) return id === '' && name === '' ? last : undefined
    return this.#begins(call, piece) ? undefined : call
  }

  /** Whether a piece that might belong to a call begins another one. */
  #begins(call: Growing, { id, name, text }: Piece): boolean {
    if (name === '' || call.name === '' || (id !== '' && id === call.id)) return false
    const isOpen = call.text !== '' && !isObject(call.text)
    // Some servers make up an id, and say the name again, for each piece.
    if (id !== '' && call.id !== '') return !(isOpen && name === call.name)
    if (call.text !== '') return !isOpen && (name !== call.name || text !== '')
    const isWhole = this.#offered.has(call.name) && this.#offered.has(name)
    return isWhole && name !== call.name && !this.#offered.has(call.name + name)
  }

  #take(call: Growing, { index, id, name, text }: Piece): void {
    call.index ??= index
    call.id ||= id
    call.name = this.#joined(call, name)
    if (text === '') return
    // Some servers end with all of it once more.
    if (text === call.text && isObject(text)) return
    call.text += text
    call.last = text
    this.length += text.length
  }

  #joined(call: Growing, name: string): string {
    const before = call.name
    if (before === '' || name === '' || name === before) return before || name
    const joined = before + name
    if (this.#offered.has(joined)) return joined
    if (name.startsWith(before)) return name
    if (this.#offered.has(before) && call.text !== '') return before
    return this.#offered.has(name) && !this.#offered.has(before) ? name : joined
  }
}

function readPiece({ index, id, function: asked }: ToolCallPiece): Piece {
  const { name, arguments: given } = asked ?? {}
  return {
    index: typeof index === 'number' ? index : /^\d+$/.test(textOf(index)) ? Number(index) : undefined,
    id: textOf(id),
    name: textOf(name),
    text: typeof given === 'object' && given !== null ? JSON.stringify(given) : textOf(given)
  }
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''

const isObject = (text: string): boolean => text.trimStart().startsWith('{') && parsed(text) !== undefined

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Arguments as JSON where that can be had; else as the model wrote them, so that the tool result says what is wrong. */
function mended(text: string, last: string): string {
  const bare = text.trim()
  if (bare === '' || bare === 'null') return '{}'
  const value = parsed(bare)
  if (typeof value === 'string' && isObject(value)) return value
  if (value !== undefined) return text
  // Some gateways begin with an empty object and go on with the real one; some send all of it with each piece.
  if (bare.startsWith('{}') && isObject(bare.slice(2))) return bare.slice(2)
  return isObject(last) ? last : text
}

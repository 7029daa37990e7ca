import { encodeText } from '../text.ts'

// Arrays go to PostgreSQL in its binary format: as texts, each quotation mark of the JSON in them would be escaped, and
// that takes longer than all the rest of a commit.
const [INT8, TEXT] = [20, 25]
/** The head of an array of one dimension, and what stands before each of its elements, in bytes. */
const [HEAD, LENGTH] = [20, 4]

/** Whole numbers as a `bigint[]`. */
export function bigintArray(values: readonly number[]): Buffer {
  const array = arrayOf(INT8, values.length, values.length * (LENGTH + 8))
  let at = HEAD
  for (const value of values) {
    array.writeInt32BE(8, at)
    array.writeInt32BE(Math.floor(value / 2 ** 32), at + LENGTH)
    array.writeUInt32BE(value % 2 ** 32, at + LENGTH + 4)
    at += LENGTH + 8
  }
  return array
}

/** Texts as a `text[]`. */
export function textArray(values: readonly (string | null)[]): Buffer {
  const texts = values.map((value) => (value === null ? null : encodeText(value)))
  const lengths = texts.map((text) => (text === null ? -1 : Buffer.byteLength(text)))
  const size = lengths.reduce((sum, length) => sum + LENGTH + Math.max(length, 0), 0)
  const array = arrayOf(TEXT, texts.length, size)
  let at = HEAD
  for (const [i, text] of texts.entries()) {
    at = array.writeInt32BE(lengths[i]!, at)
    if (text !== null) at += array.write(text, at)
  }
  return array
}

/** An array without its elements: one dimension that begins at 1, with room for so many bytes. */
function arrayOf(type: number, count: number, size: number): Buffer {
  const array = Buffer.allocUnsafe(HEAD + size)
  for (const [i, value] of [1, 1, type, count, 1].entries()) array.writeInt32BE(value, i * 4)
  return array
}

import { describe, expect, test } from 'vitest'
import { Budget } from '../../src/runtime/shared/budget.ts'
import { Body } from '../../src/server/http/body.ts'
import { headers } from './support.ts'

/** A body that comes in pieces, and whether its line is held. */
function body(
  limit = 10,
  fields: Record<string, string> = { 'content-length': '6' },
  budget = new Budget({ owner: 100, all: 100 })
) {
  const line = { held: false, calls: 0 }
  let come = (_: ArrayBuffer, __: boolean): void => {}
  const stream = {
    onData: (fn: typeof come) => {
      come = fn
    },
    pause: () => {
      line.held = true
      line.calls++
    },
    resume: () => {
      line.held = false
      line.calls++
    }
  }
  const made = new Body(stream, { headers: headers(fields) }, { largest: limit, budget })
  return {
    made,
    line,
    say: (text: string, last = false) => come(new TextEncoder().encode(text).buffer, last)
  }
}

type Made = ReturnType<typeof body>

describe('a body', () => {
  test('a body is held back until it is read [REST-7]', async () => {
    const { made, line, say } = body()
    say('abc')
    expect(line.held).toBe(true)
    const text = made.read('a')
    expect(line.held).toBe(false)
    say('def', true)
    expect(await text).toBe('abcdef')
  })

  test('a body that nobody has read is let come before the answer', () => {
    const { made, line } = body()
    made.release()
    made.release()
    expect(line).toEqual({ held: false, calls: 2 })
  })

  test('a body that came with the head leaves a line on which more can be asked', async () => {
    const { made, line, say } = body()
    say('abcdef', true)
    expect(await made.read('a')).toBe('abcdef')
    expect(line).toEqual({ held: false, calls: 2 })
  })

  test('a body that was not sent is empty, and its line is not touched', async () => {
    const { made, line } = body(10, {})
    expect([await made.read('a'), line.calls]).toEqual(['', 0])
  })

  test('a body is refused when it is told to be too large, and when it turns out to be', async () => {
    const told = body(10, { 'content-length': '11' })
    await expect(told.made.read('a')).rejects.toMatchObject({ status: 413 })
    const long = body(10, { 'transfer-encoding': 'chunked' })
    const text = long.made.read('a')
    long.say('abcdefghijk')
    await expect(text).rejects.toMatchObject({ status: 413 })
  })

  test('a body that is too large says so with a code [REST-6]', async () => {
    const refused = body(10, { 'content-length': '11' }).made.read('a')
    await expect(refused).rejects.toMatchObject({ status: 413, code: 'too_large' })
  })

  test('what one user has under way is limited, and comes back when it is answered or its client has left [LIMIT-9]', async () => {
    const budget = new Budget({ owner: 8, all: 12 })
    const fields = { 'transfer-encoding': 'chunked' }
    const [a, b, c, d] = [1, 2, 3, 4].map(() => body(10, fields, budget)) as [Made, Made, Made, Made]
    const texts = [a.made.read('a'), b.made.read('a'), c.made.read('b'), d.made.read('c')]
    a.say('abcdef', true)
    b.say('abc')
    await expect(texts[1]).rejects.toMatchObject({ status: 429, code: 'too_much_at_once' })
    // Others have theirs, until all together have too much.
    c.say('abcdef')
    d.say('a')
    await expect(texts[3]).rejects.toMatchObject({ status: 429 })
    expect([await texts[0], budget.taken]).toEqual(['abcdef', 12])
    a.made.done()
    c.made.abandon()
    await expect(texts[2]).rejects.toMatchObject({ status: 400 })
    expect(budget.taken).toBe(0)
    // What comes after the answer is not kept.
    a.say('abcdef')
    expect(budget.taken).toBe(0)
  })

  test('reading a body does not touch the line of a client that has left', async () => {
    const { made, line } = body()
    made.abandon()
    await expect(made.read('a')).rejects.toMatchObject({ status: 400 })
    expect(line.calls).toBe(1)
  })
})

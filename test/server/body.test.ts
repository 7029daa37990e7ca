import { describe, expect, test } from 'vitest'
import { Body } from '../../src/server/http/body.ts'
import { headers } from './support.ts'

/** A body that comes in pieces, and whether its line is held. */
function body(limit = 10, fields: Record<string, string> = { 'content-length': '6' }) {
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
  const made = new Body(stream, { headers: headers(fields) }, limit)
  return {
    made,
    line,
    say: (text: string, last = false) => come(new TextEncoder().encode(text).buffer, last)
  }
}

describe('a body', () => {
  test('a body is held back until it is read [REST-7]', async () => {
    const { made, line, say } = body()
    say('abc')
    expect(line.held).toBe(true)
    const text = made.read()
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
    expect(await made.read()).toBe('abcdef')
    expect(line).toEqual({ held: false, calls: 2 })
  })

  test('a body that was not sent is empty, and its line is not touched', async () => {
    const { made, line } = body(10, {})
    expect([await made.read(), line.calls]).toEqual(['', 0])
  })

  test('a body is refused when it is told to be too large, and when it turns out to be', async () => {
    const told = body(10, { 'content-length': '11' })
    await expect(told.made.read()).rejects.toMatchObject({ status: 413 })
    const long = body(10, { 'transfer-encoding': 'chunked' })
    const text = long.made.read()
    long.say('abcdefghijk')
    await expect(text).rejects.toMatchObject({ status: 413 })
  })

  test('reading a body does not touch the line of a client that has left', async () => {
    const { made, line } = body()
    made.abandon()
    await expect(made.read()).rejects.toMatchObject({ status: 400 })
    expect(line.calls).toBe(1)
  })
})

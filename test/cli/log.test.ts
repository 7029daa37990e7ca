import { expect, test } from 'vitest'
import { logger } from '../../src/cli/log.ts'

/** What is written of three things at a level. */
function written(least: 'info' | 'warn' | 'error') {
  const lines: string[] = []
  const log = logger(least, (text) => lines.push(text))
  log('started', undefined, 'info')
  log('again', 'code 1', 'warn')
  log('failed', new Error('Broken.'))
  return lines.map((line) => JSON.parse(line))
}

test('lines say when, how important it is, what happened, and why', () => {
  const [started, again, failed] = written('info')
  expect(started).toEqual({ time: expect.any(String), level: 'info', text: 'started' })
  expect(again).toMatchObject({ level: 'warn', text: 'again', detail: 'code 1' })
  expect(failed).toMatchObject({ level: 'error', text: 'failed', detail: expect.stringContaining('Broken.') })
})

test('what is less important than asked for is left out', () => {
  expect(written('warn').map(({ text }) => text)).toEqual(['again', 'failed'])
  expect(written('error').map(({ text }) => text)).toEqual(['failed'])
})

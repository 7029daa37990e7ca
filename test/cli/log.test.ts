import { expect, test } from 'vitest'
import { logger } from '../../src/cli/log.ts'
import type { LogLevel } from '../../src/runtime/shared/logger.ts'

/** What is written of four things at a level. */
function written(least: LogLevel) {
  const lines: string[] = []
  const log = logger(least, { write: (text) => lines.push(text) })
  log.debug({ request_id: 'a-1' }, 'looked at')
  log.info({ request_id: 'a-1', user_id: 'ann', code: 'not_yours' }, 'refused')
  log.warn({ run_id: 7 }, 'again')
  const cause = new TypeError('The reason.')
  log.error(
    { err: Object.assign(new Error('Broken.', { cause }), { code: 'EIO', token: 'hidden' }) },
    'failed'
  )
  return lines.map((line) => JSON.parse(line))
}

test('a line says when, how important it is in a word, what happened, and to whom', () => {
  const [refused, again] = written('info')
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  expect(refused).toEqual({
    ...{ time, level: 'info', msg: 'refused' },
    ...{ request_id: 'a-1', user_id: 'ann', code: 'not_yours' }
  })
  expect(again).toEqual({ time, level: 'warn', msg: 'again', run_id: 7 })
})

test('an error is written with its type, code, text, stack and causes, and nothing else that hangs on it', () => {
  const { err } = written('error')[0]
  expect(err).toEqual({
    ...{ type: 'Error', code: 'EIO', message: 'Broken.' },
    stack: expect.stringContaining('log.test.ts'),
    cause: { type: 'TypeError', message: 'The reason.', stack: expect.any(String) }
  })
})

test.each([
  ['debug', ['looked at', 'refused', 'again', 'failed']],
  ['info', ['refused', 'again', 'failed']],
  ['warn', ['again', 'failed']],
  ['error', ['failed']]
] as const)('at the level %s what is less important is left out', (least, texts) => {
  expect(written(least).map(({ msg }) => msg)).toEqual(texts)
})

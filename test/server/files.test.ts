import { describe, expect, test } from 'vitest'
import { readFiles } from '../../src/server/run-api/task-files.ts'
import { ManualClock } from '../support/manual-clock.ts'

const base64 = (text: string | number[]) => Buffer.from(text as never).toString('base64')
const read = (...files: unknown[]) => readFiles(files, new ManualClock())

describe('files of a task', () => {
  test.each([
    ['of text', { type: 'text/plain', name: 'a.txt' }, { filename: 'a.txt' }],
    ['of any other text', { type: 'text/csv', name: 'a.csv' }, { filename: 'a.csv' }],
    [
      'of another type',
      { type: 'application/json', name: 'a' },
      { filename: 'a', filetype: 'application/json' }
    ],
    ['of text without a name', { type: 'text/plain' }, { filename: 'unknown.txt' }],
    ['of another type without a name', { type: 'x/y' }, { filename: 'unknown.file', filetype: 'x/y' }]
  ])('become messages with their name: a file %s', (_, file, metadata) => {
    const { messages, problems } = read({ content: base64('Grüße'), ...file })
    expect(messages).toMatchObject([{ type: 'TextMessage', source: 'user', content: 'Grüße', metadata }])
    expect([messages[0]!.metadata, problems]).toEqual([metadata, []])
  })

  test('become pictures where their type says so', () => {
    const content = base64([137, 80, 78, 71])
    const { messages } = read({ type: 'image/png', name: 'a.png', content }, { type: 'image/png', content })
    expect(messages).toMatchObject([
      { type: 'MultiModalMessage', content: [{ data: content }], metadata: { filename: 'a.png' } },
      { type: 'MultiModalMessage', content: [{ data: content }], metadata: { filename: 'unknown.img' } }
    ])
  })

  test('that cannot be read are told of, and the others go on', () => {
    const good = { type: 'text/plain', name: 'good', content: base64('x') }
    const { messages, problems } = read(
      { type: 'text/plain', name: 'bytes', content: base64([255, 254, 0]) },
      { type: 'image/png', name: 'no base64', content: '!!!' },
      { type: 'image/png', name: 'no picture', content: base64('a text') },
      { type: 'image/png', name: 'nothing', content: '' },
      { name: 'no type', content: '' },
      'a text',
      null,
      good
    )
    expect(messages).toMatchObject([{ content: 'x' }])
    expect(problems.map(({ file }) => file)).toEqual([
      ...['bytes', 'no base64', 'no picture', 'nothing', 'file 5', 'file 6', 'file 7']
    ])
  })
})

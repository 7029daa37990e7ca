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
  ])('a file %s becomes a message with its name [RUN-6]', (_, file, metadata) => {
    const { messages, problems } = read({ content: base64('Grüße'), ...file })
    expect(messages).toMatchObject([{ type: 'TextMessage', source: 'user', content: 'Grüße', metadata }])
    expect([messages[0]!.metadata, problems]).toEqual([metadata, []])
  })

  test('a file becomes a picture where its type says so [RUN-6]', () => {
    const content = base64([137, 80, 78, 71])
    const { messages } = read({ type: 'image/png', name: 'a.png', content }, { type: 'image/png', content })
    expect(messages).toMatchObject([
      { type: 'MultiModalMessage', content: [{ data: content }], metadata: { filename: 'a.png' } },
      { type: 'MultiModalMessage', content: [{ data: content }], metadata: { filename: 'unknown.img' } }
    ])
  })

  test('files that cannot be read are named, and the others are taken [RUN-7]', () => {
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

import { globSync, readFileSync } from 'node:fs'
import { analyse } from 'scslre'
import { describe, expect, test } from 'vitest'
import { codeBlocks } from '../../src/runtime/agents/code-executor/blocks.ts'
import { systemClock } from '../../src/runtime/shared/clock.ts'
import { mentionedIn } from '../../src/runtime/teams/selector/mentions.ts'
import { readFiles } from '../../src/server/run-api/task-files.ts'
import { expressionsIn, hostileTexts, type OwnExpression, repeats } from '../support/regular-expressions.ts'

const ours = expressionsIn('src/**/*.ts', 'web/src/**/*.{ts,tsx}')
const MEGABYTE = 1 << 20

/** Milliseconds of processor time that something takes at its best of three times. */
function processorTime(act: () => void): number {
  const once = () => {
    const start = process.cpuUsage()
    act()
    return process.cpuUsage(start).user / 1000
  }
  let best = once()
  for (let again = 0; again < 2 && best > 50; again++) best = Math.min(best, once())
  return best
}

const shown = ({ file, source, flags }: OwnExpression) => `${file}: /${source}/${flags}`

const timeOf = (expression: OwnExpression, text: string) =>
  processorTime(() => text.replace(new RegExp(expression.source, expression.flags), ''))

/** What takes a whole megabyte longer than 50 ms; tried with less first, since what is quadratic would take hours. */
function slowText(expression: OwnExpression): string | undefined {
  for (const length of [MEGABYTE >> 6, MEGABYTE >> 3]) {
    for (const text of hostileTexts(expression, length)) {
      if (timeOf(expression, text) > 50) return text.slice(0, 20)
    }
  }
  const slowest = [...hostileTexts(expression, MEGABYTE >> 3)]
    .map((text) => ({ text, time: timeOf(expression, text) }))
    .toSorted((a, b) => b.time - a.time)
    .slice(0, 2)
  return slowest.find(({ text }) => timeOf(expression, text.repeat(8)) > 150)?.text.slice(0, 20)
}

describe('regular expressions of ours', () => {
  test('are found in the source, those that have no end of repeats among them', () => {
    expect(ours.length).toBeGreaterThan(200)
    expect(ours.filter(repeats).length).toBeGreaterThan(50)
  })

  test('have no repeats that overlap', () => {
    const overlapping = ours.filter(
      ({ source, flags }) => analyse({ source, flags }, { reportTypes: { Move: true } }).reports.length > 0
    )
    expect(overlapping.map(shown)).toEqual([])
  })

  test('take a megabyte of hostile text in no time', { timeout: 120_000 }, () => {
    const slow = ours.filter(repeats).flatMap((one) => {
      const text = slowText(one)
      return text === undefined ? [] : [`${shown(one)} ${JSON.stringify(text)}`]
    })
    expect(slow).toEqual([])
  })

  test('are made of texts at run time in a few places only, each of which is looked at here', () => {
    const made = globSync('src/**/*.ts').filter((file) => readFileSync(file, 'utf8').includes('new RegExp('))
    expect(made.toSorted()).toEqual([
      // Checks that a pattern is one, and runs it on nothing.
      'src/machines/component/json-schema.ts',
      // Words of ours, without repeats.
      'src/runtime/components/secret-vault.ts',
      'src/runtime/models/openai/workarounds.ts',
      // Names, all of whose signs are taken literally.
      'src/runtime/teams/selector/mentions.ts'
    ])
  })
})

describe('a megabyte of hostile text takes no time', () => {
  const times = (text: string) => text.repeat(Math.ceil(MEGABYTE / text.length))

  test.each(['```', '```python\n', '``` ', '```\n', '`', '```python', '````python\n', ' \n'])(
    'where blocks of code are looked for: %j',
    (text) => {
      expect(processorTime(() => codeBlocks(times(text), ['python', 'sh']))).toBeLessThan(400)
    }
  )

  test.each([' ', '\n', 'A ', '=', 'A', ' ='])('as the content of a file: %j', (text) => {
    const files = [
      { name: 'a', type: 'text/plain', content: `${times(text)}!` },
      { name: 'b', type: 'text/plain', content: times(text) }
    ]
    expect(processorTime(() => readFiles(files, systemClock))).toBeLessThan(400)
  })

  test.each(['a_', 'a', '\\', '_'])('where names are looked for: %j', (text) => {
    expect(processorTime(() => mentionedIn(times(text), ['a_a', 'aaaa', '\\']))).toBeLessThan(400)
  })
})

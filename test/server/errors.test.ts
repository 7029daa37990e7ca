import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { reasons } from '../../src/protocol/errors.ts'

const text = readFileSync(new URL('../../PROTOCOL.md', import.meta.url), 'utf8')

/** What no client is told: it is for who uses the library, or told in the words of a `bad_component`. */
const within = [
  ...['unknown_provider', 'wrong_kind', 'newer_version', 'cannot_be_dumped', 'no_answer', 'not_running'],
  ...['already_running', 'reset_while_running', 'load_while_running', 'forsaken']
]

describe('the list of reasons', () => {
  test('is documented, each of them', () => {
    const missing = Object.keys(reasons).filter((code) => !text.includes(`\`${code}\``))
    expect(missing.sort()).toEqual([...within].sort())
  })

  test('is the whole list: what is documented as a code is in it', () => {
    const tables = [...text.matchAll(/^\| code \|.*\n\|-.*\n((?:\|.*\n)+)/gm)]
    const cells = tables.flatMap(([, rows]) => rows!.split('\n').map((row) => row.split('|')[1] ?? ''))
    const codes = cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, code]) => code!))
    expect(codes.length).toBeGreaterThan(30)
    expect(codes.filter((code) => !Object.hasOwn(reasons, code))).toEqual([])
  })
})

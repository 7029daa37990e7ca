import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type ReasonCode, reasons, TroupeError } from '../../src/protocol/errors.ts'
import { errorResponse } from '../../src/server/http/error-status.ts'

const text = readFileSync(new URL('../../PROTOCOL.md', import.meta.url), 'utf8')

/** Codes that no client gets: they are for programs, part of a `bad_component`, or the sentence of a stop reason. */
const within = [
  ...['unknown_provider', 'wrong_kind', 'newer_version', 'cannot_be_dumped', 'no_answer', 'not_running'],
  ...['already_running', 'reset_while_running', 'load_while_running', 'forsaken', 'unknown_option'],
  ...['no_end', 'unknown_handoff', 'bad_option', 'made_once', 'no_such_team', 'no_price'],
  ...['limit_turns', 'limit_tokens', 'limit_cost', 'limit_seconds']
]

describe('the list of reasons', () => {
  test('every error code that a client can get is documented [ERROR-1]', () => {
    const missing = Object.keys(reasons).filter((code) => !text.includes(`\`${code}\``))
    expect(missing.sort()).toEqual([...within].sort())
  })

  test('every error code that is documented is one of the list [ERROR-1]', () => {
    const tables = [...text.matchAll(/^\| code \|.*\n\|-.*\n((?:\|.*\n)+)/gm)]
    const cells = tables.flatMap(([, rows]) => rows!.split('\n').map((row) => row.split('|')[1] ?? ''))
    const codes = cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, code]) => code!))
    expect(codes.length).toBeGreaterThan(30)
    expect(codes.filter((code) => !Object.hasOwn(reasons, code))).toEqual([])
  })

  test('an error code has the HTTP status that is documented, and the others have none of their own [REST-10]', () => {
    const table = /^\| code \| HTTP status \|\n\|-.*\n((?:\|.*\n)+)/m.exec(text)![1]!
    const documented = table.split('\n').flatMap((row) => {
      const [, codes = '', status = ''] = row.split('|')
      return [...codes.matchAll(/`(\w+)`/g)].map(([, code]) => [code!, Number.parseInt(status, 10)] as const)
    })
    // These come of no TroupeError.
    const others = { not_authenticated: 401, not_yours: 403, foreign_origin: 403, internal: 500 }
    const own = (Object.keys(reasons) as ReasonCode[])
      .map((code) => [code, errorResponse(new TroupeError(code, ''))!.status] as const)
      .filter(([code, status]) => status !== 400 && !(code in others))
    expect(Object.fromEntries(documented)).toEqual({ ...Object.fromEntries(own), ...others })
  })
})

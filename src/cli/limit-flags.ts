import type { Option } from 'commander'
import { type Limit, limits } from '../runtime/shared/limits.ts'
import { flag, whole } from './io.ts'

const MIB = 2 ** 20

/** How much is taken of what comes from outside: a flag each, its size in MiB. */
const flags = {
  maxAnswer: { limit: 'modelAnswer', most: 400, text: 'MiB of text that an answer of a model may have' },
  maxModelBody: { limit: 'modelBody', most: 4096, text: "MiB that the body of a model's answer may have" },
  maxToolResult: { limit: 'toolResult', most: 400, text: 'MiB of text that the result of a tool may have' },
  maxToolBody: {
    limit: 'toolBody',
    most: 400,
    text: 'MiB that a web service or MCP server may answer to a tool'
  },
  maxTranscript: { limit: 'transcript', most: 400, text: 'MiB that all frames of a run may have' },
  maxState: { limit: 'state', most: 400, text: 'MiB that the state of a team may have' }
} as const satisfies Record<string, { limit: Limit; most: number; text: string }>
type Name = keyof typeof flags

/** What an operator says about the limits, in MiB. */
export type LimitFlags = Partial<Record<Name, number>>

/** The flags, one for each limit. */
export const limitFlags = (): Option[] =>
  Object.entries(flags).map(([name, { limit, most, text }]) =>
    flag(`--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} <MiB>`, text)
      .default(limits[limit] / MIB)
      .argParser(whole(1, most))
  )

/** The limits in bytes or characters, as the flags have them. */
export function limitsOf(given: LimitFlags): Partial<typeof limits> {
  const all: Partial<typeof limits> = {}
  for (const name of Object.keys(flags) as Name[])
    if (given[name] !== undefined) all[flags[name].limit] = given[name] * MIB
  // What a model asks for at once may be two of the largest results.
  if (all.toolResult !== undefined) all.toolResults = Math.min(2 * all.toolResult, 400 * MIB)
  return all
}

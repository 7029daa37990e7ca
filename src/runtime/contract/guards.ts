import type { ChatMessage } from '../../machines/messages/index.ts'
import { TroupeError } from '../../protocol/errors.ts'

/** What a guard knows of a text. */
export interface GuardedText {
  /** The message that it is of. */
  message: ChatMessage
  /** Whose message it is: `user` for a task, else a participant. */
  source: string
  /** What the program gives its tools. */
  context: unknown
  signal: AbortSignal
}

/**
 * What a guard says: nothing or `true` lets the text pass, a text takes its place, `false` or `{ refuse }` refuses it. A
 * guard that throws refuses it too.
 */
export type GuardVerdict = undefined | boolean | string | { rewrite: string } | { refuse: string }

/** Looks at a text before it goes on. */
export type GuardCheck = (text: string, about: GuardedText) => GuardVerdict | Promise<GuardVerdict>

/** A guard of what comes in, or of what goes out. */
export interface Guard {
  readonly kind: 'input' | 'output'
  readonly check: GuardCheck
}

/**
 * Guards, for the option `guards` of teams and of `openTroupe`. A text that is refused ends the run with `guard_refused`.
 *
 * @example
 * const guards = [
 *   guard.input((text) => (text.length > 10_000 ? { refuse: 'Too long.' } : undefined)),
 *   guard.output((text) => text.replaceAll(/\d{16}/g, '[card]'))
 * ]
 */
export const guard = {
  /** Looks at each task, and at what persons answer, before any agent hears it. Of structured content it sees JSON. */
  input: (check: GuardCheck): Guard => guardOf('input', check),
  /** Looks at what an agent says before others hear it or clients see it. Then nothing is shown while it is written. */
  output: (check: GuardCheck): Guard => guardOf('output', check)
}

function guardOf(kind: Guard['kind'], check: GuardCheck): Guard {
  if (typeof check !== 'function')
    throw new TroupeError('bad_option', `guard.${kind}: a function is wanted, which looks at a text.`)
  return { kind, check }
}

/** Throws `bad_option` where these are no guards. */
export function demandGuards(guards: readonly Guard[] | null | undefined): void {
  if (guards == null) return
  const isGuard = (one: unknown) => typeof one === 'object' && one !== null && 'kind' in one && 'check' in one
  if (!Array.isArray(guards) || !guards.every(isGuard))
    throw new TroupeError('bad_option', 'guards: a list of guard.input(…) and guard.output(…) is wanted.')
}

/** What a message of a run is given to its guards with. */
type Circumstances = Pick<GuardedText, 'context' | 'signal'>

/** A message as the guards let it pass. Throws `guard_refused`. */
export async function guarded<M extends ChatMessage>(
  message: M,
  guards: readonly Guard[],
  circumstances: Circumstances
): Promise<M> {
  let passed = message
  for (const { kind, check } of guards) {
    const about = { message: passed, source: message.source, ...circumstances }
    const look = (text: string) => passedBy(kind, text, () => check(text, about), message.source)
    passed = await lookedAt(passed, look)
  }
  return passed
}

/** A message each of whose texts was looked at. */
async function lookedAt<M extends ChatMessage>(
  message: M,
  look: (text: string) => Promise<string>
): Promise<M> {
  const { content } = message as { content: unknown }
  if (typeof content === 'string') return { ...message, content: await look(content) }
  if (Array.isArray(content)) {
    const parts = await Promise.all(content.map((part) => (typeof part === 'string' ? look(part) : part)))
    return { ...message, content: parts } as M
  }
  const json = JSON.stringify(content)
  const said = await look(json)
  return said === json ? message : { ...message, content: JSON.parse(said) }
}

/** The text that a guard lets pass. Throws `guard_refused`. */
async function passedBy(
  kind: Guard['kind'],
  text: string,
  check: () => GuardVerdict | Promise<GuardVerdict>,
  source: string
): Promise<string> {
  let verdict: GuardVerdict
  try {
    verdict = await check()
  } catch (error) {
    throw refusal(kind, source, (error as Error)?.message ?? String(error))
  }
  if (verdict === false) throw refusal(kind, source, '')
  if (typeof verdict === 'object' && 'refuse' in verdict) throw refusal(kind, source, verdict.refuse)
  if (typeof verdict === 'object') return verdict.rewrite
  return typeof verdict === 'string' ? verdict : text
}

const refusal = (kind: Guard['kind'], source: string, why: string): TroupeError =>
  new TroupeError(
    'guard_refused',
    kind === 'input' ? `What "${source}" has said` : `What "${source}" says`,
    why
  )

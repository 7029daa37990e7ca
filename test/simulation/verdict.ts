import { isIdle } from '../../src/protocol/run-status.ts'
import type { Director } from './director.ts'
import { stopReason } from './director.ts'
import type { KnownLog, Saying } from './known-log.ts'
import type { Script } from './script.ts'
import type { Service } from './service.ts'
import type { Cast } from './teams.ts'
import type { Undisturbed } from './undisturbed.ts'

const graceful = 'External termination requested'

/** Judges a run by what an undisturbed one says; throws where it is not as it should be. */
export function judge(log: KnownLog, { ordered }: Cast, script: Script, still: Undisturbed): string {
  const { end, transcript } = log
  const numbers = log.frames.map(({ seq }) => seq)
  demand(
    numbers.every((seq, i) => seq === i + 1),
    'The numbers have a gap.',
    numbers
  )
  demand(new Set(log.records).size === log.records.length, 'A model call was recorded twice.', log.records)
  const reason = end?.data.task_result.stop_reason
  if (end && reason === still.stopReason && end.type === 'result') {
    demandSame(transcript, still.transcript, ordered)
    return log.status
  }
  if (!end) {
    // A pause may still have been on its way when it was left waiting.
    const waits = script.thinks === null && log.hasWaited && isIdle(log.status)
    const rests = script.pauses.some(({ rests }) => rests === null) && log.status === 'paused'
    demand(waits || rests, 'It neither ends nor waits.', log.status)
  } else if (end.type === 'completion') {
    const wasStopped = end.status === 'cancelled' && reason === stopReason && script.stop !== null
    // A server that is killed again and again as it starts sets aside what was under way each time. [FAIL-14]
    const isSetAside = end.status === 'error' && end.code === 'quarantined'
    demand(wasStopped || isSetAside, 'It ended so:', end)
  } else demand(reason === graceful && script.stop?.graceful === true, 'It ended so:', end)
  demandBeginning(transcript, still.transcript, ordered)
  return log.status
}

/** Judges what a run did outside: each call has one key, and each key one call. */
export function judgeCalls(
  { run, log }: Pick<Director, 'run' | 'log'>,
  world: string,
  service: Service
): void {
  const prefix = `${world}/${run}:`
  const keys = service.keysOf(prefix)
  demand(service.timesOf(prefix).size === keys.length, 'One call has several keys.', keys)
  const made = log.frames
    .filter(({ data }) => data?.type === 'ToolCallRequestEvent')
    .flatMap(({ data }) => data.content.filter(({ name }: { name: string }) => name === 'act'))
  const executed = log.frames.filter(({ data }) => data?.type === 'ToolCallExecutionEvent').length
  const calls = [...service.timesOf(prefix).keys()].filter((about) => about.startsWith('tool '))
  // A call may have been made whose request nobody was told of only in a run that was stopped.
  if (log.status === 'complete' && executed > 0)
    demand(calls.length === made.length, `${calls.length} of ${made.length} calls were made.`, calls)
}

function demandSame(said: Saying[], expected: Saying[], ordered: boolean): void {
  const [one, other] = ordered ? [texts(said), texts(expected)] : [bag(said), bag(expected)]
  const at = one.findIndex((text, i) => text !== other[i])
  demand(one.length === other.length && at < 0, 'It said something else than undisturbed:', {
    at,
    said: one[at],
    expected: other[at],
    lengths: [one.length, other.length]
  })
}

function demandBeginning(said: Saying[], expected: Saying[], ordered: boolean): void {
  if (ordered) return demandSame(said, expected.slice(0, said.length), true)
  const left = bag(expected)
  for (const text of bag(said)) {
    const at = left.indexOf(text)
    demand(at >= 0, 'It said what an undisturbed run does not say:', text)
    left.splice(at, 1)
  }
}

const texts = (said: Saying[]) => said.map((one) => JSON.stringify(one))
// How much a model has heard depends on which branch is faster.
const bag = (said: Saying[]) => said.map(({ usage: _, ...one }) => JSON.stringify(one)).sort()

function demand(fits: boolean, problem: string, detail: unknown): asserts fits {
  if (!fits) throw new Error(`${problem} ${JSON.stringify(detail)?.slice(0, 2000)}`)
}

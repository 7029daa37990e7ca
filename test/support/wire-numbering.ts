import { isDeepStrictEqual } from 'node:util'
import { type Fields, show } from './matcher.ts'

const numbered = ['message', 'event', 'input_request', 'status', 'result', 'completion']
const unnumbered = ['system', 'message_chunk', 'error', 'warning', 'pong']

/** What a connection to a run has got. */
export interface Received {
  run: number
  frames: Fields[]
}

/** What is wrong with the numbers of the frames that some connections have got, in a sentence. */
export function misnumbered(connections: Iterable<Received>): string | undefined {
  const all = [...connections]
  for (const { run, frames } of all) {
    const wrong = frames.map((frame) => misnumberedFrame(frame, run)).find(Boolean) ?? gap(frames)
    if (wrong) return wrong
  }
  return disagreement(all.flatMap(({ frames }) => frames))
}

function misnumberedFrame(frame: Fields, run: number): string | undefined {
  const isNumbered = Number.isInteger(frame.seq) && (frame.seq as number) > 0 && frame.run_id === run
  if (numbered.includes(frame.type as string) && !isNumbered)
    return `A frame without its run_id or seq: ${show(frame)}`
  return unnumbered.includes(frame.type as string) && frame.seq !== undefined
    ? `A frame that carries no seq has one: ${show(frame)}`
    : undefined
}

function gap(frames: Fields[]): string | undefined {
  const live = frames.filter((frame) => frame.seq !== undefined && !frame.replay)
  const at = live.findIndex((frame, index) => index > 0 && frame.seq !== (live[index - 1]!.seq as number) + 1)
  return at < 0 ? undefined : `After seq ${live[at - 1]!.seq} comes ${live[at]!.seq}: ${show(live[at])}`
}

function disagreement(frames: Fields[]): string | undefined {
  const known = new Map<string, Fields>()
  for (const { replay: _, ...frame } of frames) {
    if (frame.seq === undefined) continue
    const key = `run ${frame.run_id}, seq ${frame.seq}`
    const other = known.get(key)
    if (other && !isDeepStrictEqual(other, frame))
      return `Two frames of ${key}: ${show(other)} and ${show(frame)}`
    known.set(key, frame)
  }
  return undefined
}

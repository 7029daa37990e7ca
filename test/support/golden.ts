import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { entriesOf, turnEnds } from '../../src/runtime/journal/run-log.ts'
import { JOURNAL_VERSION } from '../../src/runtime/journal/version.ts'
import type { JournalEntry, RunState, SavedRun, Store, StoredFrame } from '../../src/runtime/store/store.ts'
import type { Frame } from './run-client.ts'

/** Where recorded runs are kept: a folder for each revision. */
const folder = fileURLToPath(new URL('../golden', import.meta.url))

/** Where those of this revision are kept. */
export const goldenFolder = join(folder, String(JOURNAL_VERSION))

/** A run as some revision of the program has stored it. */
export interface Golden {
  name: string
  run: Pick<SavedRun, 'status' | 'task' | 'options' | 'team_config'>
  state: RunState
  frames: Pick<StoredFrame, 'seq' | 'type' | 'text'>[]
  journal: JournalEntry[]
}

/** All recorded runs. */
export const readGoldens = (): Golden[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')))

/** What a run is made of, to be recorded. */
export async function goldenOf(store: Store, id: number, name: string): Promise<Golden> {
  const { status, task, options, team_config, state } = (await store.runs.saved(id))!
  const frames = (await store.runs.frames(id)).map(({ seq, type, text }) => ({ seq, type, text }))
  return {
    name,
    run: { status, task, options, team_config },
    state: state!,
    frames,
    journal: await store.runs.journal(id)
  }
}

const isEnd = (frame: Frame, next?: Frame): boolean =>
  frame.type === 'result' || frame.type === 'completion' || (next !== undefined && isEnd(next))

/** A run as it stood when all but its end was stored; one that waits for somebody as it is. */
export function beforeEnd(golden: Golden): Golden {
  const frames = framesOf(golden)
  const left = golden.frames.filter((_, i) => !isEnd(frames[i]!, frames[i + 1]))
  if (left.length === frames.length) return golden
  return { ...golden, run: { ...golden.run, status: 'active' }, frames: left }
}

/** The run as it stood at the end of each of its turns. */
export function atEachTurn(golden: Golden): Golden[] {
  return golden.journal.flatMap((row, i) => {
    const journal = golden.journal.slice(0, i + 1)
    return turnEnds(entriesOf(row)).map((turned) => {
      const frames = golden.frames.filter(({ seq }) => seq <= turned.seq)
      return { ...golden, run: { ...golden.run, status: 'active' }, frames, journal }
    })
  })
}

/** Puts a recorded run into a store; gives its id. */
export async function putInto(
  store: Store,
  session: number,
  { run, state, ...golden }: Golden
): Promise<number> {
  const { id } = await store.runs.create({ session_id: session, user_id: 'me' })
  const frames = golden.frames.map((frame) => ({
    ...frame,
    text: JSON.stringify({ ...JSON.parse(frame.text), run_id: id })
  }))
  const { journal } = golden
  const now = { ...state, seq: frames.at(-1)?.seq ?? 0, journal: journal.at(-1)?.n ?? 0 }
  const { team_config, ...row } = run
  await store.runs.commit([
    { run: id, frames, journal, state: now, row: { ...row, team_config: team_config! } }
  ])
  return id
}

/** The frames of a recorded run. */
export const framesOf = ({ frames }: Golden): Frame[] => frames.map(({ text }) => JSON.parse(text))

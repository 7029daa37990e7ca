import type { TeamMessage } from '../../src/machines/messages/index.ts'
import { Registry } from '../../src/runtime/components/registry.ts'
import type { TaskResult } from '../../src/runtime/team/task-result.ts'
import type { Team } from '../../src/runtime/team/team.ts'
import type { Part } from '../support/some-teams.ts'
import { type Saying, saying } from './known-log.ts'

/** What a person says: the same in each run of a team. */
export const answerTo = (source: string, count: number) => `${source} answers ${count}`

/** What a team says in a run that nothing happens to. */
export interface Undisturbed {
  transcript: Saying[]
  stopReason: string
}

/** Runs a team in this process, as a library. `world` takes the place of the server's in the paths of services. */
export async function runUndisturbed(team: Part, task: string, world: string): Promise<Undisturbed> {
  const component = JSON.parse(swift(team).replaceAll(`/${world}/`, '/library/'))
  const loaded = new Registry().load<Team>(component, 'team')
  const counts = new Map<string, number>()
  const input = async ({ source }: { source: string }) => {
    counts.set(source, (counts.get(source) ?? 0) + 1)
    return answerTo(source, counts.get(source)!)
  }
  const transcript: Saying[] = []
  let last: TeamMessage | TaskResult | undefined
  for await (const item of loaded.runStream({ task, input, env: {} })) {
    last = item
    if (item.type !== 'TaskResult' && item.type !== 'ModelClientStreamingChunkEvent')
      transcript.push(JSON.parse(JSON.stringify(saying(item))))
  }
  return { transcript, stopReason: (last as TaskResult).stopReason }
}

/** The same team without pauses, as JSON. */
export const swift = (team: Part) =>
  JSON.stringify(team)
    .replaceAll(/"(chunk_)?delay_ms":\d+/g, '"$1delay_ms":0')
    .replaceAll(/\/(tool|model)\/\d+/g, '/$1/0')

import { createStore } from '@xstate/store'
import { listRuns } from '../api/runs.ts'
import type { RunLine } from '../api/types.ts'

interface ListContext {
  runs: readonly RunLine[] | null
  q: string
  status: string
  problem: string | null
  /** Whether older runs may be there. */
  more: boolean
}

/** The runs that the list shows, and how they were looked for. */
export const runList = createStore({
  context: { runs: null, q: '', status: '', problem: null, more: true } as ListContext,
  on: {
    search: (context, { q }: { q: string }) => ({ ...context, q }),
    filter: (context, { status }: { status: string }) => ({ ...context, status }),
    found: (context, { runs }: { runs: readonly RunLine[] }) => ({
      ...context,
      // What was there before stays where it is: a list that is read must not be shortened.
      runs: merge(runs, context.runs?.filter(({ id }) => id < (runs.at(-1)?.id ?? 0)) ?? []),
      problem: null
    }),
    replaced: (context, { runs }: { runs: readonly RunLine[] }) => ({
      ...context,
      runs,
      problem: null,
      more: true
    }),
    older: (context, { runs }: { runs: readonly RunLine[] }) => ({
      ...context,
      runs: merge(context.runs ?? [], runs),
      more: runs.length > 0
    }),
    dropped: (context, { id }: { id: number }) => ({
      ...context,
      runs: context.runs?.filter((run) => run.id !== id) ?? null
    }),
    failed: (context, { problem }: { problem: string }) => ({ ...context, problem })
  }
})

const merge = (first: readonly RunLine[], then: readonly RunLine[]): RunLine[] => {
  const known = new Set(first.map(({ id }) => id))
  return [...first, ...then.filter(({ id }) => !known.has(id))]
}

/** Looks for runs. `how`: anew, what has changed, or what is older. */
export async function look(how: 'replaced' | 'found' | 'older'): Promise<void> {
  const { q, status, runs } = runList.getSnapshot().context
  const before = how === 'older' ? runs?.at(-1)?.id : undefined
  try {
    const found = await listRuns({ q, status, ...(before !== undefined && { before }) })
    const now = runList.getSnapshot().context
    if (now.q === q && now.status === status) runList.trigger[how]({ runs: found })
  } catch (error) {
    runList.trigger.failed({ problem: (error as Error).message })
  }
}

import type { SavedRun, Store } from '../../src/runtime/store/store.ts'

/** All runs that have begun and not ended, with what they need to go on. */
export async function unfinished({ runs }: Store): Promise<SavedRun[]> {
  const ids = await runs.withStatus('active', 'awaiting_input', 'paused')
  return (await Promise.all(ids.map((id) => runs.saved(id)))) as SavedRun[]
}

import { useCallback, useEffect, useState } from 'react'
import { type ClientError, connect, type ListedRun, type RunsQuery } from '../client/index.ts'
import type { Server } from './use-changes.ts'

/** Which runs are listed. */
export interface UseRunsOptions extends Server, Pick<RunsQuery, 'q' | 'before' | 'limit'> {
  status?: RunsQuery['status']
  /** Milliseconds until they are read again; 5000 by default, 0 is never. */
  every?: number
}

/** A list of runs. */
export interface UsedRuns {
  /** Newest first; null until they are known. */
  readonly runs: readonly ListedRun[] | null
  /** Why they could not be read the last time. */
  readonly error: ClientError | null
  /** Reads them at once. */
  reload(): void
}

/**
 * Lists the runs of the user, and reads them again from time to time.
 *
 * @param options where the server is, which runs are wanted, and how often they are read
 * @example
 * const { runs } = useRuns({ url, status: 'awaiting_input' })
 */
export function useRuns({
  url,
  token,
  user,
  status = [],
  q,
  before,
  limit,
  every = 5000
}: UseRunsOptions): UsedRuns {
  const [shown, setShown] = useState<Pick<UsedRuns, 'runs' | 'error'>>({ runs: null, error: null })
  const [round, setRound] = useState(0)
  const statuses = [status].flat().join(',')
  // biome-ignore lint/correctness/useExhaustiveDependencies: another round is what reads them again
  useEffect(() => {
    const given = new AbortController()
    const { signal } = given
    let timer: ReturnType<typeof setTimeout> | undefined
    const client = connect(url, { token, user })
    const read = async () => {
      try {
        const query = { status: statuses === '' ? [] : (statuses.split(',') as never[]) }
        const runs = await client.runs({ ...query, q, before, limit, signal })
        setShown({ runs, error: null })
      } catch (error) {
        if (!signal.aborted) setShown(({ runs }) => ({ runs, error: error as ClientError }))
      }
      if (every > 0 && !signal.aborted) timer = setTimeout(read, every)
    }
    void read()
    return () => {
      given.abort()
      clearTimeout(timer)
    }
  }, [url, token, user, statuses, q, before, limit, every, round])
  return { ...shown, reload: useCallback(() => setRound((count) => count + 1), []) }
}

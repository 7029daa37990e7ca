import { useEffect, useState } from 'react'
import { forkRun, listTurns } from '../api/runs.ts'
import type { Turn } from '../api/types.ts'
import type { FailureReport } from '../model/failure-report.ts'
import { runLink } from '../state/address.ts'
import { useSession } from '../state/session.ts'
import { startForms } from '../state/start-form.ts'
import { tellError } from '../state/toasts.ts'
import type { IconName } from '../ui/icon.tsx'

/** How to go on after a failure. */
export interface Retry {
  name: string
  icon: IconName
  run(): void
}

/** A new run from the last turn that had ended; where there is none, the start once more. Null until that is known. */
export function useRetry({ isLoading }: FailureReport): Retry | null {
  const { id } = useSession()
  const [turn, setTurn] = useState<Turn | 'none' | null>(null)
  useEffect(() => {
    let left = false
    listTurns(id).then(
      (turns) => !left && setTurn(turns.at(-1) ?? 'none'),
      () => !left && setTurn('none')
    )
    return () => {
      left = true
    }
  }, [id])
  if (turn === null) return null
  if (isLoading || turn === 'none')
    return { name: 'Start again…', icon: 'play', run: () => void startForms.again(id) }
  const name = turn.turn === 0 ? 'Retry from the task' : `Retry from turn ${turn.turn}`
  const run = () => {
    forkRun(id, turn.turn).then(
      (fork) => {
        location.hash = runLink(fork)
      },
      (error: Error) => tellError(`This run cannot be retried: ${error.message}`)
    )
  }
  return { name, icon: 'fork', run }
}

import { memo, useState } from 'react'
import { readState } from '../api/runs.ts'
import type { RunStatus } from '../api/types.ts'
import { useSession } from '../state/session.ts'
import { Button } from '../ui/button.tsx'
import { ForkDialog } from './fork-dialog.tsx'

const isGoing = (status: RunStatus | null): boolean => status === 'active' || status === 'awaiting_input'
const begun = (status: RunStatus | null): boolean => status !== null && status !== 'created'

interface SteerProps {
  status: RunStatus | null
  isOnline: boolean
}

/** What can be done with a run. */
export const Steer = memo(({ status, isOnline }: SteerProps) => {
  const { id, send, run, inspection } = useSession()
  const [forks, setForks] = useState(false)
  const save = async () => {
    try {
      download(`run-${id}-state.json`, await readState(id))
    } catch (error) {
      run.trigger.problem({ problem: `The state cannot be saved: ${(error as Error).message}` })
    }
  }
  return (
    <div className="steer" role="toolbar" aria-label="Steer the run">
      {isGoing(status) && (
        <Button icon="pause" isDisabled={!isOnline} onPress={() => send({ type: 'pause' })}>
          Pause
        </Button>
      )}
      {status === 'paused' && (
        <Button icon="play" kind="main" isDisabled={!isOnline} onPress={() => send({ type: 'resume' })}>
          Resume
        </Button>
      )}
      {(isGoing(status) || status === 'paused') && (
        <Button icon="stop" kind="danger" isDisabled={!isOnline} onPress={() => send({ type: 'stop' })}>
          Stop
        </Button>
      )}
      {begun(status) && (
        <Button icon="fork" onPress={() => setForks(true)}>
          Fork
        </Button>
      )}
      {begun(status) && (
        <Button icon="save" onPress={save}>
          Save state
        </Button>
      )}
      {forks && (
        <ForkDialog run={id} at={inspection.getSnapshot().context.moment.at} close={() => setForks(false)} />
      )}
    </div>
  )
})

function download(name: string, value: unknown): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(value, null, 2)], { type: 'application/json' }))
  const link = Object.assign(document.createElement('a'), { href: url, download: name })
  link.click()
  URL.revokeObjectURL(url)
}

import { memo, useState } from 'react'
import { Button as MenuButton } from 'react-aria-components/Button'
import { Menu, MenuItem, MenuTrigger } from 'react-aria-components/Menu'
import { Popover } from 'react-aria-components/Popover'
import { deleteRun, listTurns, readState } from '../api/runs.ts'
import { isOver, isUnderWay } from '../model/words.ts'
import { listLink, runLink } from '../state/address.ts'
import { usePicture } from '../state/picture.ts'
import { type Session, useSession } from '../state/session.ts'
import { startForms } from '../state/start-form.ts'
import { tellDone, tellError } from '../state/toasts.ts'
import { useSelect } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { copyText } from '../ui/copy.tsx'
import { Icon } from '../ui/icon.tsx'
import { ForkDialog } from './fork-dialog.tsx'

/** What can be done with a run. */
export const Steer = memo(({ isOnline }: { isOnline: boolean }) => {
  const session = useSession()
  const status = useSelect(session.run, (context) => context.status)
  const [dialog, setDialog] = useState<{ what: 'fork'; at: number } | { what: 'delete' } | null>(null)
  const hasState = useHasState()
  const tell = (type: string) => {
    if (!session.send({ type })) tellError('There is no line to the server at the moment.')
  }
  return (
    <div className="steer" role="toolbar" aria-label="Steer the run">
      {(status === 'active' || status === 'awaiting_input') && (
        <Button icon="pause" shrinks isDisabled={!isOnline} onPress={() => tell('pause')}>
          Pause
        </Button>
      )}
      {status === 'paused' && (
        <Button icon="play" kind="main" shrinks isDisabled={!isOnline} onPress={() => tell('resume')}>
          Resume
        </Button>
      )}
      {isUnderWay(status) && (
        <Button icon="stop" kind="danger" shrinks isDisabled={!isOnline} onPress={() => tell('stop')}>
          Stop
        </Button>
      )}
      {hasState && (
        <Button icon="fork" shrinks onPress={() => setDialog({ what: 'fork', at: momentShown(session) })}>
          Fork
        </Button>
      )}
      {hasState && (
        <Button icon="save" shrinks onPress={() => void save(session)}>
          Save state
        </Button>
      )}
      <More session={session} ask={() => setDialog({ what: 'delete' })} isOver={isOver(status)} />
      {dialog?.what === 'fork' && (
        <ForkDialog run={session.id} at={dialog.at} close={() => setDialog(null)} />
      )}
      <ConfirmDialog
        title={`Delete run ${session.id}?`}
        isOpen={dialog?.what === 'delete'}
        close={() => setDialog(null)}
        confirm="Delete"
        run={() => remove(session.id)}
      >
        All that was kept of it is deleted: what was said, its moments, its state. That cannot be undone.
      </ConfirmDialog>
    </div>
  )
})

/** When the moment was that is shown, in milliseconds since 1970. */
const momentShown = ({ picture }: Session): number => picture.getSnapshot().context.moment.at

/** Whether there ever was a team that could have a state: one that could not be loaded has none. */
function useHasState(): boolean {
  return usePicture(({ statusNow, timeline }) => {
    if (statusNow === null || statusNow === 'created') return false
    return statusNow !== 'error' || timeline.lanes.list().length > 0
  })
}

interface MoreProps {
  session: Session
  ask(): void
  isOver: boolean
}

const More = ({ session, ask, isOver }: MoreProps) => (
  <MenuTrigger>
    <MenuButton className="button quiet bare" aria-label="More">
      <Icon name="more" />
    </MenuButton>
    <Popover className="popover" placement="bottom end">
      <Menu className="menu">
        <MenuItem onAction={() => void copyLink(session)}>
          <Icon name="link" /> Copy a link to what is shown
        </MenuItem>
        <MenuItem onAction={() => void startForms.again(session.id)}>
          <Icon name="play" /> Start again…
        </MenuItem>
        {isOver && (
          <MenuItem onAction={ask} className="danger">
            <Icon name="trash" /> Delete…
          </MenuItem>
        )}
      </Menu>
    </Popover>
  </MenuTrigger>
)

/** Copies the address of the moment, the actor and the message that are shown. */
async function copyLink({ id, view, inspection }: Session): Promise<void> {
  const { actor, msg, tab } = view.getSnapshot().context
  const { shown, moment } = inspection.getSnapshot().context
  const link = runLink(id, { actor, msg, tab, at: shown === null ? null : moment.position })
  try {
    await copyText(`${location.origin}${location.pathname}${link}`)
    tellDone('The link is on the clipboard.')
  } catch (error) {
    tellError((error as Error).message)
  }
}

/** Saves the state of the team as it was at the moment that is shown: after the last turn that had ended by then. */
async function save({ id, inspection }: Session): Promise<void> {
  const { shown, moment } = inspection.getSnapshot().context
  try {
    if (shown === null) return download(`run-${id}-state.json`, await readState(id))
    const turns = await listTurns(id)
    const turn = turns.findLast(({ at }) => new Date(at).getTime() <= moment.at)
    if (!turn)
      return tellError('At this moment no turn had ended yet: there is no state to save. Go on a little.')
    download(`run-${id}-turn-${turn.turn}-state.json`, await readState(id, turn.turn))
    tellDone(`Saved the state after ${turn.turn === 0 ? 'the task' : `turn ${turn.turn}`}.`)
  } catch (error) {
    tellError(`The state cannot be saved: ${(error as Error).message}`)
  }
}

function download(name: string, value: unknown): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(value, null, 2)], { type: 'application/json' }))
  const link = Object.assign(document.createElement('a'), { href: url, download: name })
  link.click()
  URL.revokeObjectURL(url)
}

async function remove(id: number): Promise<void> {
  await deleteRun(id)
  tellDone(`Run ${id} is deleted.`)
  location.hash = listLink()
}

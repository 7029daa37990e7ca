import { useEffect, useRef, useState } from 'react'
import { Label } from 'react-aria-components/Label'
import { Radio, RadioGroup } from 'react-aria-components/RadioGroup'
import { forkRun, listTurns } from '../api/runs.ts'
import type { Turn } from '../api/types.ts'
import { clockTime } from '../model/format.ts'
import { terms } from '../model/terms.ts'
import { runLink } from '../state/address.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'

interface ForkDialogProps {
  run: number
  /** When the moment is that is shown, in milliseconds since 1970: the turn before it is offered first. */
  at: number
  close(): void
}

/** Makes another run that goes on from a turn of this one. */
export const ForkDialog = ({ run, at, close }: ForkDialogProps) => (
  <Dialog title="Fork this run" isOpen close={close}>
    <Turns run={run} at={at} close={close} />
  </Dialog>
)

const timeOf = ({ at }: Turn): number => (typeof at === 'number' ? at : Date.parse(at))

const Turns = ({ run, at, close }: ForkDialogProps) => {
  const [turns, setTurns] = useState<Turn[] | null>(null)
  const [turn, setTurn] = useState<string | null>(null)
  const [problem, setProblem] = useState('')
  // biome-ignore lint/correctness/useExhaustiveDependencies: which turn is offered first is asked once
  useEffect(() => {
    listTurns(run).then(
      (found) => {
        setTurns(found)
        const before = found.findLast((one) => timeOf(one) <= at) ?? found.at(-1)
        setTurn(before ? String(before.turn) : null)
      },
      (error: Error) => setProblem(error.message)
    )
  }, [run])
  const list = useRef<HTMLDivElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: as soon as the turns are there
  useEffect(() => {
    list.current?.querySelector('[data-selected]')?.scrollIntoView({ block: 'nearest' })
  }, [turns])
  const fork = async () => {
    try {
      const other = await forkRun(run, Number(turn))
      close()
      location.hash = runLink(other)
    } catch (error) {
      setProblem((error as Error).message)
    }
  }
  return (
    <div className="fork">
      <p>{terms.fork}</p>
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      {turns?.length === 0 && <p className="empty">No turn has ended yet.</p>}
      {turns && turns.length > 0 && (
        <RadioGroup value={turn} onChange={setTurn} className="turns" ref={list}>
          <Label>Fork after</Label>
          {turns.map((one) => (
            <Radio key={one.turn} value={String(one.turn)} className="turn">
              <strong>{one.turn === 0 ? 'the task' : `turn ${one.turn}`}</strong>
              <span>{one.speakers.join(', ')}</span>
              <time>{clockTime(timeOf(one))}</time>
            </Radio>
          ))}
        </RadioGroup>
      )}
      <footer>
        <Button onPress={close}>Cancel</Button>
        <Button kind="main" icon="fork" isDisabled={turn === null} onPress={fork}>
          Fork
        </Button>
      </footer>
    </div>
  )
}

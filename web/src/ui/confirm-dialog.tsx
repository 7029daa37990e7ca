import { useState } from 'react'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'

interface ConfirmDialogProps {
  title: string
  isOpen: boolean
  close(): void
  /** What the button says that does it. */
  confirm: string
  run(): Promise<void>
  children: React.ReactNode
}

/** Asks whether something is really meant that cannot be undone. */
export const ConfirmDialog = ({ title, isOpen, close, confirm, run, children }: ConfirmDialogProps) => {
  const [problem, setProblem] = useState('')
  const [isBusy, setBusy] = useState(false)
  const go = async () => {
    setBusy(true)
    setProblem('')
    try {
      await run()
      close()
    } catch (error) {
      setProblem((error as Error).message)
    }
    setBusy(false)
  }
  return (
    <Dialog title={title} isOpen={isOpen} close={close}>
      <p>{children}</p>
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      <footer>
        <Button onPress={close}>Cancel</Button>
        <Button kind="danger" icon="trash" isDisabled={isBusy} onPress={go}>
          {confirm}
        </Button>
      </footer>
    </Dialog>
  )
}

import type { ReactNode } from 'react'
import { Dialog as Base, Heading } from 'react-aria-components/Dialog'
import { Modal, ModalOverlay } from 'react-aria-components/Modal'
import { Button } from './button.tsx'

interface DialogProps {
  title: string
  size?: 'small' | 'wide'
  isOpen: boolean
  /** Whether a click outside closes it; not where something typed could be lost by that. */
  isLight?: boolean
  close(): void
  children: ReactNode
}

/** A dialog that takes the keyboard and gives it back. */
export const Dialog = ({ title, size = 'small', isOpen, isLight = true, close, children }: DialogProps) => (
  <ModalOverlay
    className="overlay"
    isDismissable={isLight}
    isOpen={isOpen}
    onOpenChange={(open) => !open && close()}
  >
    <Modal className={`modal ${size}`}>
      <Base className="dialog">
        <header>
          <Heading slot="title">{title}</Heading>
          <Button icon="close" kind="quiet" label="Close" onPress={close} />
        </header>
        {children}
      </Base>
    </Modal>
  </ModalOverlay>
)

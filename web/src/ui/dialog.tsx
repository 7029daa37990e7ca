import type { ReactNode } from 'react'
import { Dialog as Base, Heading } from 'react-aria-components/Dialog'
import { Modal, ModalOverlay } from 'react-aria-components/Modal'
import { Button } from './button.tsx'

interface DialogProps {
  title: string
  wide?: boolean
  isOpen: boolean
  close(): void
  children: ReactNode
}

/** A dialog that takes the keyboard and gives it back. */
export const Dialog = ({ title, wide, isOpen, close, children }: DialogProps) => (
  <ModalOverlay className="overlay" isDismissable isOpen={isOpen} onOpenChange={(open) => !open && close()}>
    <Modal className={wide ? 'modal wide' : 'modal'}>
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

import { memo, useState } from 'react'
import { Button } from 'react-aria-components/Button'
import { Tooltip, TooltipTrigger } from 'react-aria-components/Tooltip'
import { type TermName, terms } from '../model/terms.ts'

/** A word of ours that explains itself where it stands: when it is pointed at, focused, or pressed. */
export const Term = memo(({ name, children }: { name: TermName; children: React.ReactNode }) => {
  const [isOpen, setOpen] = useState(false)
  return (
    <TooltipTrigger delay={250} closeDelay={80} isOpen={isOpen} onOpenChange={setOpen}>
      <Button className="term" onPress={() => setOpen(true)}>
        {children}
      </Button>
      <Tooltip className="tooltip wide" offset={6}>
        {terms[name]}
      </Tooltip>
    </TooltipTrigger>
  )
})

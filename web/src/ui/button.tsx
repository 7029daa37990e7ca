import { memo } from 'react'
import { Button as Base, type ButtonProps as BaseProps } from 'react-aria-components/Button'
import { Tooltip, TooltipTrigger } from 'react-aria-components/Tooltip'
import { Icon, type IconName } from './icon.tsx'

interface ButtonProps extends Omit<BaseProps, 'children' | 'className'> {
  icon?: IconName
  kind?: 'plain' | 'main' | 'danger' | 'quiet'
  /** Without it the label is only for screen readers, and shown beside the button for the others. */
  children?: string
  label?: string
  /** A key that does the same, shown beside the label. */
  shortcut?: string
  /** Whether the text goes away where there is little room. */
  shrinks?: boolean
}

/** A button with a text, an icon, or both. */
export const Button = memo(
  ({ icon, kind = 'plain', children, label, shortcut, shrinks, ...rest }: ButtonProps) => {
    const bare = children === undefined
    const button = (
      <Base
        {...rest}
        className={`button ${kind}${bare ? ' bare' : ''}${shrinks ? ' shrinks' : ''}`}
        aria-label={label ?? (shrinks ? children : undefined)}
      >
        {icon && <Icon name={icon} />}
        {!bare && <span className="button-text">{children}</span>}
      </Base>
    )
    const hint = label ?? (shrinks || shortcut ? children : undefined)
    if (hint === undefined) return button
    return (
      <TooltipTrigger delay={500} closeDelay={80}>
        {button}
        <Tooltip className="tooltip" offset={6}>
          {hint}
          {shortcut && <kbd>{shortcut}</kbd>}
        </Tooltip>
      </TooltipTrigger>
    )
  }
)

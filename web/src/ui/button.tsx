import { memo } from 'react'
import { Button as Base, type ButtonProps as BaseProps } from 'react-aria-components/Button'
import { Icon, type IconName } from './icon.tsx'

interface ButtonProps extends Omit<BaseProps, 'children' | 'className'> {
  icon?: IconName
  kind?: 'plain' | 'main' | 'danger' | 'quiet'
  /** Without it the label is only for screen readers. */
  children?: string
  label?: string
}

/** A button with a text, an icon, or both. */
export const Button = memo(({ icon, kind = 'plain', children, label, ...rest }: ButtonProps) => (
  <Base {...rest} className={`button ${kind}${children === undefined ? ' bare' : ''}`} aria-label={label}>
    {icon && <Icon name={icon} />}
    {children}
  </Base>
))

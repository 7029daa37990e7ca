import { useState } from 'react'
import { Button as MenuButton } from 'react-aria-components/Button'
import { Menu, MenuItem, MenuTrigger } from 'react-aria-components/Menu'
import { Popover } from 'react-aria-components/Popover'
import { logOut } from '../api/account.ts'
import { account } from '../state/account.ts'
import { commands } from '../state/commands.ts'
import { notifies } from '../state/notifications.ts'
import { type Theme, theme } from '../state/theme.ts'
import { tellDone, tellError } from '../state/toasts.ts'
import { useSelect } from '../state/use.ts'
import { Button } from './button.tsx'
import { Icon, type IconName } from './icon.tsx'
import { Avatar } from './people.tsx'

const icons: Record<Theme, IconName> = { system: 'auto', light: 'sun', dark: 'moon' }

/** The first row of every page: where one is, what can be done there, and what is about the page itself. */
export const TopBar = ({ isRun, children }: { isRun?: boolean; children?: React.ReactNode }) => (
  <header className={isRun ? 'top of-run' : 'top'}>
    <nav aria-label="Troupe">
      <a className="brand" href="#/" aria-label="Troupe">
        <img src="./icon.svg" alt="" width="24" height="24" />
        <span>Troupe</span>
      </a>
      {isRun && (
        <a className="crumb" href="#/" aria-label="All runs">
          Runs
        </a>
      )}
    </nav>
    {children}
    <nav className="top-end" aria-label="This page">
      <Button
        kind="quiet"
        icon="search"
        label="Find a command"
        shortcut="Ctrl K"
        onPress={() => commands.trigger.open({ what: 'palette' })}
      />
      <PageMenu />
      <Account />
    </nav>
  </header>
)

const PageMenu = () => {
  const now = useSelect(theme, (context) => context.theme)
  const [isCalled, setCalled] = useState(notifies.isOn)
  const call = () => {
    notifies.turn(!isCalled).then(
      (isOn) => {
        setCalled(isOn)
        tellDone(isOn ? 'You are called when a run needs you.' : 'You are not called any more.')
      },
      (error: Error) => tellError(error.message)
    )
  }
  return (
    <MenuTrigger>
      <MenuButton className="button quiet bare" aria-label="About this page">
        <Icon name="help" />
      </MenuButton>
      <Popover className="popover" placement="bottom end">
        <Menu className="menu">
          <MenuItem onAction={() => commands.trigger.open({ what: 'help' })}>
            <Icon name="help" /> Keys <kbd>?</kbd>
          </MenuItem>
          <MenuItem onAction={() => theme.trigger.next()}>
            <Icon name={icons[now]} /> Colours: {now}
          </MenuItem>
          <MenuItem onAction={call}>
            <Icon name="bell" /> {isCalled ? 'Do not call me' : 'Call me when I am needed'}
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  )
}

/** Who looks at the page, where the server tells people apart. */
const Account = () => {
  const user = useSelect(account, (context) => context.user)
  if (!user || user.provider === 'none') return null
  return (
    <>
      <span className="account" title={user.id}>
        <Avatar name={user.name} size={24} />
        <span className="name">{user.name}</span>
      </span>
      <Button kind="quiet" onPress={logOut}>
        Log out
      </Button>
    </>
  )
}

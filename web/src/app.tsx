import { useEffect } from 'react'
import { logOut } from './api/account.ts'
import { ListPage } from './list/list-page.tsx'
import { SignIn } from './list/sign-in.tsx'
import { RunPage } from './run/run-page.tsx'
import { account } from './state/account.ts'
import { routeOf, useHash } from './state/route.ts'
import { theme } from './state/theme.ts'
import { useSelect } from './state/use.ts'
import { Avatar } from './ui/avatar.tsx'
import { Button } from './ui/button.tsx'
import type { IconName } from './ui/icon.tsx'

const icons: Record<string, IconName> = { system: 'auto', light: 'sun', dark: 'moon' }

/** The whole page. */
export const App = () => {
  const route = routeOf(useHash())
  const now = useSelect(theme, ({ theme }) => theme)
  useEffect(() => {
    document.title = route.page === 'run' ? `Run ${route.id} · Troupe` : 'Troupe'
  })
  return (
    <>
      <nav className="top" aria-label="Troupe">
        <a className="brand" href="#/">
          <img src="./icon.svg" alt="" width="26" height="26" />
          Troupe
        </a>
        {route.page === 'run' && (
          <a className="crumb" href="#/">
            All runs
          </a>
        )}
        <span className="space" />
        <Account />
        <Button
          kind="quiet"
          icon={icons[now]}
          label={`Colours: ${now}. Change`}
          onPress={() => theme.trigger.next()}
        />
      </nav>
      <SignIn>{route.page === 'run' ? <RunPage key={route.id} id={route.id} /> : <ListPage />}</SignIn>
    </>
  )
}

/** Who looks at the page, where the server tells people apart. */
const Account = () => {
  const user = useSelect(account, ({ user }) => user)
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

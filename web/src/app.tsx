import { lazy, Suspense } from 'react'
import { ListPage } from './list/list-page.tsx'
import { SignIn } from './list/sign-in.tsx'
import { RunPage } from './run/run-page.tsx'
import { StartDialog } from './start/start-dialog.tsx'
import { routeOf, useHash } from './state/address.ts'
import { commands } from './state/commands.ts'
import { useSelect } from './state/use.ts'
import { useShortcuts } from './ui/shortcuts.ts'
import { Toasts } from './ui/toasts.tsx'
import { TopBar } from './ui/top-bar.tsx'

const Palette = lazy(() => import('./ui/palette.tsx'))
const Help = lazy(() => import('./ui/help.tsx'))

/** The whole page. */
export const App = () => {
  useShortcuts({
    'Ctrl+k': () => commands.trigger.open({ what: 'palette' }),
    '?': () => commands.trigger.open({ what: 'help' })
  })
  return (
    <>
      <SignIn>
        <Page />
        <StartDialog />
        <Over />
      </SignIn>
      <Toasts />
    </>
  )
}

const Page = () => {
  const route = routeOf(useHash(), location.search)
  if (route.page === 'run') return <RunPage key={route.id} route={route} />
  if (route.page === 'list') return <ListPage route={route} />
  return (
    <>
      <TopBar />
      <main className="empty page-empty">
        <p>There is no such page.</p>
        <a href="#/">All runs</a>
      </main>
    </>
  )
}

/** What is open over the page. */
const Over = () => {
  const open = useSelect(commands, (context) => context.open)
  return (
    <Suspense fallback={null}>
      {open === 'palette' && <Palette />}
      {open === 'help' && <Help />}
    </Suspense>
  )
}

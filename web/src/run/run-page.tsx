import { useEffect, useState } from 'react'
import { readPrices, readTask } from '../api/runs.ts'
import { type Route, type RunView, replaceAddress, routeOf, runLink } from '../state/address.ts'
import { usePicture } from '../state/picture.ts'
import { openSession, type Session, SessionContext, useSession } from '../state/session.ts'
import { tellError } from '../state/toasts.ts'
import { useSelect } from '../state/use.ts'
import { PeopleContext } from '../ui/people.tsx'
import { NowLine } from './now-line.tsx'
import { useRunCommands } from './run-commands.ts'
import { RunHeader } from './run-header.tsx'
import { RunLayout } from './run-layout.tsx'
import { useAttention } from './use-attention.ts'

/** The page of one run. */
export const RunPage = ({ route }: { route: Extract<Route, { page: 'run' }> }) => {
  const { id } = route
  const [session, setSession] = useState<Session | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: how the run is looked at first is asked once
  useEffect(() => {
    const opened = openSession(id, route)
    setSession(opened)
    return () => opened.close()
  }, [id])
  return session?.id === id ? (
    <SessionContext value={session}>
      <Opened />
    </SessionContext>
  ) : null
}

const Opened = () => {
  const { id, run } = useSession()
  const line = useSelect(run, (context) => context.line)
  const people = usePicture((picture) => picture.people)
  useFacts()
  useAddress()
  useProblems()
  useAttention()
  useRunCommands()
  if (line === 'missing')
    return (
      <main className="empty page-empty">
        <p>There is no run {id}. It may have been deleted.</p>
        <a href="#/">All runs</a>
      </main>
    )
  return (
    <PeopleContext value={people}>
      <RunMain />
    </PeopleContext>
  )
}

const RunMain = () => {
  const isLive = usePicture((picture) => picture.isLive)
  return (
    <>
      <RunHeader />
      <main className={isLive ? 'run' : 'run past'}>
        <NowLine />
        <RunLayout />
      </main>
    </>
  )
}

/** Reads who the team is made of, as soon as the run has begun, and what models cost. */
function useFacts(): void {
  const session = useSession()
  const isBegun = useSelect(session.run, ({ status }) => status !== null && status !== 'created')
  useEffect(() => {
    if (!isBegun) return
    session.readOutline().catch((error: Error) => tellError(`The team cannot be shown: ${error.message}`))
    readTask(session.id).then(
      (task) => session.picture.trigger.task({ task }),
      // It is the first that is said, too.
      () => {}
    )
  }, [session, isBegun])
  useEffect(() => {
    readPrices().then(
      (prices) => session.picture.trigger.prices({ prices }),
      // Without prices there are tokens only.
      () => {}
    )
  }, [session])
}

/** How long it is waited until what is shown stands in the address, in milliseconds. */
const PATIENCE = 150

/** Keeps in the address what is shown, and shows what the address says. */
function useAddress(): void {
  const session = useSession()
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const write = () => {
      clearTimeout(timer)
      timer = setTimeout(() => replaceAddress(addressOf(session)), PATIENCE)
    }
    const read = () => {
      const route = routeOf(location.hash)
      if (route.page !== 'run' || route.id !== session.id) return
      session.view.trigger.goTo(route)
      session.inspection.trigger.seekPosition({ position: route.at })
    }
    const subscriptions = [session.view.subscribe(write), session.inspection.subscribe(write)]
    addEventListener('hashchange', read)
    return () => {
      clearTimeout(timer)
      removeEventListener('hashchange', read)
      for (const { unsubscribe } of subscriptions) unsubscribe()
    }
  }, [session])
}

function addressOf({ id, view, inspection }: Session): string {
  const { actor, msg, tab } = view.getSnapshot().context
  const { shown, wanted, moment } = inspection.getSnapshot().context
  const shows: RunView = { at: shown === null ? wanted : moment.position, msg, actor, tab }
  return runLink(id, shows)
}

/** Says what the server had to say against something that was sent. */
function useProblems(): void {
  const { run } = useSession()
  const problem = useSelect(run, (context) => context.problem)
  useEffect(() => {
    if (problem === null) return
    tellError(problem)
    run.trigger.problem({ problem: null })
  }, [run, problem])
}

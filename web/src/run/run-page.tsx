import { useCallback, useEffect, useMemo, useState } from 'react'
import { Switch } from 'react-aria-components/Switch'
import type { TeamOutline } from '../../../src/runtime/inspection/team-outline.ts'
import { Charts } from '../charts/charts.tsx'
import { itemsAt } from '../model/items.ts'
import type { InspectionContext } from '../state/inspection-store.ts'
import type { RunContext } from '../state/run-store.ts'
import { openSession, type Session, SessionContext, useSession } from '../state/session.ts'
import { useSame, useSelect } from '../state/use.ts'
import { Answers } from './answer.tsx'
import { EventLog } from './event-log.tsx'
import { Rewind } from './rewind.tsx'
import { Problem, RunHeader } from './run-header.tsx'
import { TeamView } from './team-view.tsx'
import { Transcript } from './transcript.tsx'
import { type View, Views } from './views.tsx'

const all = <Context,>(context: Context): Context => context
const nobody: readonly never[] = []

/** The page of one run. */
export const RunPage = ({ id }: { id: number }) => {
  const [session, setSession] = useState<Session | null>(null)
  useEffect(() => {
    const opened = openSession(id)
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
  const { id, run, inspection } = useSession()
  const context = useSelect(run, all)
  const seen = useSelect(inspection, all)
  const outline = useOutline(context)
  if (context.line === 'missing') return <p className="empty page-empty">There is no run {id}.</p>
  return <RunView context={context} seen={seen} outline={outline} />
}

interface RunViewProps {
  context: RunContext
  seen: InspectionContext
  outline: TeamOutline | null
}

const RunView = ({ context, seen, outline }: RunViewProps) => {
  const { id, run, inspection } = useSession()
  const [view, setView] = useState<View>('transcript')
  const [chosen, choose] = useState<string | null>(null)
  const { moment, shown, timeline, version } = seen
  const isLive = shown === null
  const items = useSame(
    useMemo(
      () => (isLive ? context.items : itemsAt(context.items, timeline.saidAt, moment.position)),
      [context.items, isLive, timeline, moment]
    )
  )
  const root = String(id)
  const seek = useCallback((to: number | null) => inspection.trigger.seek({ to }), [inspection])
  const chooseMember = useCallback((actor: string) => {
    choose(actor)
    setView((now) => (now === 'team' ? 'charts' : now))
  }, [])
  const isOver = seen.phase === 'whole'
  const shownItems = useMemo(
    () => items.filter(({ kind }) => kind !== 'call' || context.showsCalls),
    [items, context.showsCalls]
  )
  return (
    <main className={`run view-${view}${isLive ? '' : ' past'}`}>
      <RunHeader
        context={context}
        moment={moment}
        items={items}
        title={outline?.name ?? ''}
        isLive={isLive}
      />
      {context.problem && (
        <Problem text={context.problem} close={() => run.trigger.problem({ problem: null })} />
      )}
      {seen.phase === 'stuck' && (
        <p className="notice">The charts of this version cannot play this run again.</p>
      )}
      <Views view={view} show={setView} />
      <section className="talk" aria-label="Conversation">
        <header className="talk-head">
          <h2>Conversation</h2>
          <Switch
            className="switch"
            isSelected={context.showsCalls}
            onChange={(shows) => run.trigger.showCalls({ shows })}
          >
            <span className="track" aria-hidden="true" />
            Model calls
          </Switch>
        </header>
        <Transcript items={shownItems} partial={isLive ? context.partial : nobody} />
        {isLive && context.pending.length > 0 && <Answers pending={context.pending} />}
      </section>
      <div className="stage">
        <TeamView {...{ moment, root, outline, items, isLive }} chosen={chosen} choose={chooseMember} />
        <section className="chart-section" aria-label="Statecharts">
          <Charts {...{ moment, root, isLive, chosen, choose }} />
        </section>
        <EventLog {...{ timeline, version, root, shown, seek }} />
      </div>
      <Rewind
        count={timeline.moments.length}
        {...{ shown, moment, isOver, seek }}
        step={inspection.trigger.step}
      />
    </main>
  )
}

/** Who the team is made of, as soon as the run has begun. */
function useOutline({ status }: RunContext): TeamOutline | null {
  const session = useSession()
  const [outline, setOutline] = useState<TeamOutline | null>(null)
  const isBegun = status !== null && status !== 'created'
  useEffect(() => {
    let left = false
    if (isBegun) {
      session.outline().then(
        (found) => !left && setOutline(found),
        () => {}
      )
    }
    return () => {
      left = true
    }
  }, [session, isBegun])
  return outline
}

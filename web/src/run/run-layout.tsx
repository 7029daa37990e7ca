import { lazy, Suspense, useEffect } from 'react'
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels'
import { LogView } from '../log/log-view.tsx'
import { MemberPanel } from '../member/member-panel.tsx'
import { list } from '../model/format.ts'
import type { Tab } from '../state/address.ts'
import { usePicture } from '../state/picture.ts'
import { useSession } from '../state/session.ts'
import { isSameFields, useSelect } from '../state/use.ts'
import { Answers } from '../talk/answer.tsx'
import { Talk } from '../talk/talk.tsx'
import { TeamCanvas } from '../team/team-canvas.tsx'
import { Transport } from '../timeline/transport.tsx'
import { Waterfall } from '../timeline/waterfall.tsx'
import { Button } from '../ui/button.tsx'
import { type TabOf, Tabs } from '../ui/tabs.tsx'
import { useMedia } from '../ui/use-media.ts'

const ChartView = lazy(() =>
  import('../charts/chart-view.tsx').then(({ ChartView }) => ({ default: ChartView }))
)

const pictures: TabOf<Exclude<Tab, 'talk'>>[] = [
  { id: 'team', name: 'Team', icon: 'team' },
  { id: 'timeline', name: 'Timeline', icon: 'lanes' },
  { id: 'chart', name: 'Chart', icon: 'chart' },
  { id: 'log', name: 'Log', icon: 'list' }
]
const all: TabOf<Tab>[] = [{ id: 'talk', name: 'Talk', icon: 'talk' }, ...pictures]

/** The talk, and the pictures of it beside it; on a narrow page one of them at a time. */
export const RunLayout = () => {
  const isNarrow = useMedia('(max-width: 899px)')
  return isNarrow ? <Narrow /> : <Wide />
}

const Wide = () => {
  const { view } = useSession()
  const { isLarge, isFolded } = useSelect(
    view,
    ({ isLarge, isFolded }) => ({ isLarge, isFolded }),
    isSameFields
  )
  const kept = useDefaultLayout({ id: 'troupe.run', storage: localStorage })
  if (isFolded) return <Folded />
  if (isLarge)
    return (
      <div className="run-body large">
        <Pictures />
        <Questions />
      </div>
    )
  return (
    <Group className="run-body" {...kept}>
      <Panel id="talk" defaultSize="45%" minSize="320px">
        <div className="talk-side">
          <Talk />
          <Questions />
        </div>
      </Panel>
      <Separator className="divider-bar" aria-label="Between the talk and the pictures" />
      <Panel id="pictures" minSize="360px">
        <Pictures />
      </Panel>
    </Group>
  )
}

const Folded = () => {
  const { view } = useSession()
  return (
    <div className="run-body folded">
      <div className="talk-side">
        <Talk />
        <Questions />
      </div>
      <nav className="folded-tabs" aria-label="Pictures of the run">
        <Button
          icon="unfold"
          kind="quiet"
          label="Show the pictures"
          onPress={() => view.trigger.fold({ isFolded: false })}
        />
        {pictures.map(({ id, name, icon }) => (
          <Button
            key={id}
            icon={icon}
            kind="quiet"
            label={name}
            onPress={() => view.trigger.tab({ tab: id })}
          />
        ))}
      </nav>
    </div>
  )
}

const Questions = () => {
  const pending = usePicture((picture) => picture.pending)
  const isLive = usePicture((picture) => picture.isLive)
  return isLive ? <Answers pending={pending} /> : null
}

/** Who asks, where there is no room for more beside a picture. */
const AskedBar = () => {
  const { view } = useSession()
  const asked = usePicture(({ pending }) =>
    list(
      pending.map(({ source }) => source),
      3
    )
  )
  if (asked === '') return null
  const answer = () => {
    view.trigger.tab({ tab: 'talk' })
    requestAnimationFrame(() => document.querySelector<HTMLElement>('.answers textarea')?.focus())
  }
  return (
    <div className="asked-bar">
      <span>
        <strong>{asked}</strong> {asked.includes(' ') ? 'ask' : 'asks'} you
      </span>
      <Button kind="main" onPress={answer}>
        Answer
      </Button>
    </div>
  )
}

/** The tabs with the pictures, and the moments of the run below them. */
const Pictures = () => {
  const { view } = useSession()
  const tab = useSelect(view, (context) => (context.tab === 'talk' ? 'team' : context.tab))
  const isLarge = useSelect(view, (context) => context.isLarge)
  useEffect(() => {
    if (!isLarge) return
    const leave = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented || document.querySelector('[role=dialog]')) return
      view.trigger.large({ isLarge: false })
    }
    addEventListener('keydown', leave)
    return () => removeEventListener('keydown', leave)
  }, [isLarge, view])
  return (
    <section className="pictures" aria-label="Pictures of the run">
      <Tabs
        label="Pictures of the run"
        className="picture-tabs"
        panelClass="picture"
        tabs={pictures}
        chosen={tab}
        choose={(tab) => view.trigger.tab({ tab })}
        beside={<Places isLarge={isLarge} />}
      >
        <PictureOf tab={tab} />
      </Tabs>
      <Transport />
    </section>
  )
}

/** Gives the pictures the whole page, or none of it. */
const Places = ({ isLarge }: { isLarge: boolean }) => {
  const { view } = useSession()
  return (
    <>
      <span className="space" />
      <Button
        icon={isLarge ? 'shrink' : 'grow'}
        kind="quiet"
        label={isLarge ? 'Back beside the talk' : 'Fill the page'}
        shortcut={isLarge ? 'Esc' : 'F'}
        onPress={() => view.trigger.large({ isLarge: !isLarge })}
      />
      {!isLarge && (
        <Button
          icon="fold"
          kind="quiet"
          label="Put the pictures away"
          onPress={() => view.trigger.fold({ isFolded: true })}
        />
      )}
    </>
  )
}

/** A picture with what is known of the actor that was chosen beside it. */
const PictureOf = ({ tab }: { tab: Exclude<Tab, 'talk'> }) => {
  const { view } = useSession()
  const actor = useSelect(view, (context) => (context.isPanelOpen ? context.actor : null))
  return (
    <>
      <div className="picture-main">
        {tab === 'team' && <TeamCanvas />}
        {tab === 'timeline' && <Waterfall />}
        {tab === 'log' && <LogView />}
        {tab === 'chart' && (
          <Suspense fallback={<p className="empty">The charts are being loaded…</p>}>
            <ChartView />
          </Suspense>
        )}
      </div>
      {actor !== null && <MemberPanel key={actor} actor={actor} />}
    </>
  )
}

/** One thing at a time; a question is there whatever is looked at. */
const Narrow = () => {
  const { view } = useSession()
  const tab = useSelect(view, (context) => context.tab)
  return (
    <div className="run-body narrow">
      <Tabs
        label="What to show"
        className="picture-tabs"
        panelClass="picture"
        tabs={all}
        chosen={tab}
        choose={(tab) => view.trigger.tab({ tab })}
      >
        {tab === 'talk' ? <Talk /> : <PictureOf tab={tab} />}
      </Tabs>
      {tab === 'talk' ? <Questions /> : <AskedBar />}
      <Transport />
    </div>
  )
}

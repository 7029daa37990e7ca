import { lazy, Suspense, useEffect } from 'react'
import { Tab as AriaTab, TabList, TabPanel, Tabs } from 'react-aria-components/Tabs'
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
import { Icon, type IconName } from '../ui/icon.tsx'
import { useMedia } from '../ui/use-media.ts'

const ChartView = lazy(() =>
  import('../charts/chart-view.tsx').then(({ ChartView }) => ({ default: ChartView }))
)

const pictures: [tab: Exclude<Tab, 'talk'>, name: string, icon: IconName][] = [
  ['team', 'Team', 'team'],
  ['timeline', 'Timeline', 'lanes'],
  ['chart', 'Chart', 'chart'],
  ['log', 'Log', 'list']
]

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
        {pictures.map(([tab, name, icon]) => (
          <Button key={tab} icon={icon} kind="quiet" label={name} onPress={() => view.trigger.tab({ tab })} />
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
        className="picture-tabs"
        selectedKey={tab}
        onSelectionChange={(key) => view.trigger.tab({ tab: key as Tab })}
      >
        <div className="tab-row">
          <TabList aria-label="Pictures of the run">
            {pictures.map(([id, name, icon]) => (
              <AriaTab key={id} id={id}>
                <Icon name={icon} />
                {name}
              </AriaTab>
            ))}
          </TabList>
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
        </div>
        {pictures.map(([id]) => (
          <TabPanel key={id} id={id} className="picture">
            <PictureOf tab={id} />
          </TabPanel>
        ))}
      </Tabs>
      <Transport />
    </section>
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
  const all: [Tab, string, IconName][] = [['talk', 'Talk', 'talk'], ...pictures]
  return (
    <div className="run-body narrow">
      <Tabs
        className="picture-tabs"
        selectedKey={tab}
        onSelectionChange={(key) => view.trigger.tab({ tab: key as Tab })}
      >
        <div className="tab-row">
          <TabList aria-label="What to show">
            {all.map(([id, name, icon]) => (
              <AriaTab key={id} id={id}>
                <Icon name={icon} />
                {name}
              </AriaTab>
            ))}
          </TabList>
        </div>
        {all.map(([id]) => (
          <TabPanel key={id} id={id} className="picture">
            {id === 'talk' ? <Talk /> : <PictureOf tab={id} />}
          </TabPanel>
        ))}
      </Tabs>
      {tab === 'talk' ? <Questions /> : <AskedBar />}
      <Transport />
    </div>
  )
}

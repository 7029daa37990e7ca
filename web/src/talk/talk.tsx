import { useCallback, useMemo } from 'react'
import { Switch } from 'react-aria-components/Switch'
import { entriesOf } from '../model/entries.ts'
import { plural } from '../model/format.ts'
import { useCalmPicture } from '../state/picture.ts'
import { useSession } from '../state/session.ts'
import { useSame, useSelect } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { Transcript } from './transcript.tsx'

const nothing: readonly never[] = []

/** What was said in the run until the moment that is shown. */
export const Talk = () => {
  const { run, view } = useSession()
  const isLive = useCalmPicture((picture) => picture.isLive)
  const partial = useSelect(run, (context) => context.partial)
  const showsCalls = useSelect(view, (context) => context.showsCalls)
  const entries = useEntries(showsCalls)
  return (
    <section className="talk" aria-label="Conversation">
      <header className="talk-head">
        <h2>Conversation</h2>
        <Count />
        <span className="space" />
        <CallsSwitch />
      </header>
      <Transcript
        entries={entries}
        partial={isLive ? partial : nothing}
        empty="What the members say appears here, as it is said."
      />
      {!isLive && <Past />}
    </section>
  )
}

const Count = () => (
  <span className="quiet">
    {plural(
      useCalmPicture(({ items }) => count(items)),
      'message'
    )}
  </span>
)

/** Whether the calls of models are shown between what was said. */
const CallsSwitch = () => {
  const { view } = useSession()
  const showsCalls = useSelect(view, (context) => context.showsCalls)
  return (
    <Switch
      className="switch"
      isSelected={showsCalls}
      onChange={(shows) => view.trigger.showCalls({ shows })}
    >
      <span className="track" aria-hidden="true" />
      Model calls
    </Switch>
  )
}

/** Says that this is not all, and leads back. */
const Past = () => {
  const { inspection } = useSession()
  const toNow = useCallback(() => inspection.trigger.seek({ to: null }), [inspection])
  return (
    <div className="talk-past">
      <Later />
      <Button kind="quiet" onPress={toNow}>
        Back to now
      </Button>
    </div>
  )
}

const Later = () => {
  const later = useCalmPicture(({ items, allItems }) => count(allItems) - count(items))
  return <span>{later > 0 ? `${plural(later, 'later message')} hidden` : 'This is how it stood then'}</span>
}

const count = (items: readonly { kind: string }[]): number =>
  items.filter(({ kind }) => kind === 'said').length

/** The lines of the talk; the same as before where nothing has changed in them. */
function useEntries(showsCalls: boolean) {
  const { items, decisions, position } = useCalmPicture(
    ({ items, timeline, moment }) => ({
      items,
      decisions: timeline.decisions.length,
      position: moment.position
    }),
    (one, other) =>
      one.items === other.items && one.decisions === other.decisions && one.position === other.position
  )
  const timeline = useCalmPicture((picture) => picture.timeline)
  // biome-ignore lint/correctness/useExhaustiveDependencies: decisions are only added
  const all = useMemo(
    () => entriesOf(items, { decisions: timeline.decisions, saidAt: timeline.saidAt, position }),
    [items, timeline, decisions, position]
  )
  return useSame(useMemo(() => all.filter(({ kind }) => kind !== 'call' || showsCalls), [all, showsCalls]))
}

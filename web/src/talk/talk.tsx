import { useMemo } from 'react'
import { Switch } from 'react-aria-components/Switch'
import { entriesOf } from '../model/entries.ts'
import { plural } from '../model/format.ts'
import { usePicture } from '../state/picture.ts'
import { useSession } from '../state/session.ts'
import { useSame, useSelect } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { Transcript } from './transcript.tsx'

const nobody: readonly never[] = []

/** What was said in the run until the moment that is shown. */
export const Talk = () => {
  const { run, inspection, view } = useSession()
  const { items, allItems, isLive } = usePicture(
    ({ items, allItems, isLive }) => ({ items, allItems, isLive }),
    (one, other) =>
      one.items === other.items &&
      one.isLive === other.isLive &&
      one.allItems.length === other.allItems.length
  )
  const partial = useSelect(run, (context) => context.partial)
  const showsCalls = useSelect(view, (context) => context.showsCalls)
  const entries = useEntries(showsCalls)
  const later = count(allItems) - count(items)
  return (
    <section className="talk" aria-label="Conversation">
      <header className="talk-head">
        <h2>Conversation</h2>
        <span className="quiet">{plural(count(items), 'message')}</span>
        <span className="space" />
        <Switch
          className="switch"
          isSelected={showsCalls}
          onChange={(shows) => view.trigger.showCalls({ shows })}
        >
          <span className="track" aria-hidden="true" />
          Model calls
        </Switch>
      </header>
      <Transcript
        entries={entries}
        partial={isLive ? partial : nobody}
        empty="What the members say appears here, as it is said."
      />
      {!isLive && (
        <div className="talk-past">
          <span>{later > 0 ? `${plural(later, 'later message')} hidden` : 'This is how it stood then'}</span>
          <Button kind="quiet" onPress={() => inspection.trigger.seek({ to: null })}>
            Back to now
          </Button>
        </div>
      )}
    </section>
  )
}

const count = (items: readonly { kind: string }[]): number =>
  items.filter(({ kind }) => kind === 'said').length

/** The lines of the talk; the same as before where nothing has changed in them. */
function useEntries(showsCalls: boolean) {
  const { items, decisions, position } = usePicture(
    ({ items, timeline, moment }) => ({
      items,
      decisions: timeline.decisions.length,
      position: moment.position
    }),
    (one, other) =>
      one.items === other.items && one.decisions === other.decisions && one.position === other.position
  )
  const timeline = usePicture((picture) => picture.timeline)
  // biome-ignore lint/correctness/useExhaustiveDependencies: decisions are only added
  const all = useMemo(
    () => entriesOf(items, { decisions: timeline.decisions, saidAt: timeline.saidAt, position }),
    [items, timeline, decisions, position]
  )
  return useSame(useMemo(() => all.filter(({ kind }) => kind !== 'call' || showsCalls), [all, showsCalls]))
}

import { useMemo } from 'react'
import { activityWords } from '../model/activities.ts'
import { clockTime, count, duration, money, oneLine } from '../model/format.ts'
import { type Bar, barAt } from '../model/lanes.ts'
import { modelOf, priced } from '../model/usage.ts'
import { stateWords } from '../model/words.ts'
import { useNow } from '../state/clock.ts'
import { usePicture } from '../state/picture.ts'
import { useSession } from '../state/session.ts'
import { Icon, type IconName } from '../ui/icon.tsx'
import { CallDetails } from './call-details.tsx'

const icons: Readonly<Record<Bar['activity'], IconName>> = {
  model: 'model',
  memory: 'memory',
  tools: 'tool',
  person: 'person',
  approval: 'person',
  work: 'play',
  team: 'team',
  paused: 'pause'
}

/** How many of them are listed at most, the last ones before the moment that is shown. */
const MOST = 100

/** What an actor has done until then, newest first; the one of the moment that is shown is open. */
export const Calls = ({ actor }: { actor: string }) => {
  const { timeline, version, position } = usePicture(
    ({ timeline, version, moment }) => ({ timeline, version, position: moment.position }),
    (one, other) => one.version === other.version && one.position === other.position
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: the timeline itself only grows
  const bars = useMemo(
    () => (timeline.lanes.lane(actor)?.bars ?? []).filter(({ start }) => start <= position),
    [timeline, version, actor, position]
  )
  const current = barAt(bars, position)
  if (bars.length === 0)
    return <p className="empty">Each model call, tool call and question appears here, with what it took.</p>
  const shown = bars.slice(-MOST).toReversed()
  return (
    <ol className="calls" reversed>
      {shown.map((bar) => (
        <Call key={bar.start} bar={bar} isCurrent={bar === current} />
      ))}
      {bars.length > shown.length && (
        <li className="quiet">{count(bars.length - shown.length)} earlier ones are not shown.</li>
      )}
    </ol>
  )
}

const Call = ({ bar, isCurrent }: { bar: Bar; isCurrent: boolean }) => {
  const { inspection } = useSession()
  const failed = bar.effect?.failure
  return (
    <li className={`${isCurrent ? 'current' : ''}${failed ? ' failed' : ''}`}>
      <button
        type="button"
        aria-expanded={isCurrent}
        onClick={() => inspection.trigger.seekPosition({ position: bar.start })}
      >
        <Icon name={icons[bar.activity]} />
        <span className="call-what">
          {bar.activity === 'team' ? activityWords.team : stateWords(bar.state).text}
          <Answer bar={bar} />
        </span>
        <Took bar={bar} />
      </button>
      {isCurrent && <CallDetails bar={bar} />}
    </li>
  )
}

/** What came of a call, in few words. */
const Answer = ({ bar: { effect } }: { bar: Bar }) => {
  if (effect?.failure) return <em className="tone-failed">failed: {oneLine(effect.failure.message, 80)}</em>
  if (typeof effect?.content === 'string') return <em>{oneLine(effect.content, 80)}</em>
  if (!Array.isArray(effect?.content)) return null
  const names = effect.content.map((call) => String((call as { name?: unknown } | null)?.name ?? ''))
  return <em>calls {names.filter(Boolean).join(', ')}</em>
}

const Took = ({ bar: { from, to, effect, actor } }: { bar: Bar }) => {
  const now = useNow()
  const text = usePicture(({ outline, prices }) => {
    if (!effect?.usage) return ''
    const { cost, prompt_tokens, completion_tokens } = priced(
      { ...effect.usage, ...modelOf(outline, actor) },
      prices
    )
    const tokens = `${count(prompt_tokens + completion_tokens)} tokens`
    return cost ? `${tokens} · ${money(cost, prices?.currency ?? 'USD')}` : tokens
  })
  return (
    <span className="call-took">
      <span title={`from ${clockTime(from, true)}`}>{duration((to ?? Math.max(now, from)) - from)}</span>
      {text && <span>{text}</span>}
    </span>
  )
}

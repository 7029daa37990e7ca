import { activityWords } from '../model/activities.ts'
import { clockTime, count, duration, money } from '../model/format.ts'
import { nameOf } from '../model/paths.ts'
import { modelOf, priced } from '../model/usage.ts'
import { stateWords } from '../model/words.ts'
import { useNow } from '../state/clock.ts'
import { usePicture } from '../state/picture.ts'
import type { PlacedBar } from './shapes.ts'

/** What a bar stands for, beside the pointer. */
export const BarHint = ({ placed: { bar }, x, y }: { placed: PlacedBar; x: number; y: number }) => {
  const now = useNow()
  const spent = usePicture(
    ({ outline, prices }) =>
      bar.effect?.usage ? priced({ ...bar.effect.usage, ...modelOf(outline, bar.actor) }, prices) : null,
    (one, other) => one?.cost === other?.cost
  )
  const currency = usePicture(({ prices }) => prices?.currency ?? 'USD')
  const left = Math.min(x + 14, innerWidth - 270)
  const top = y + 120 > innerHeight ? y - 110 : y + 16
  return (
    <div className="bar-hint" style={{ left, top }} aria-hidden="true">
      <strong>
        <i className={`swatch act-${bar.activity}`} /> {nameOf(bar.actor).replace('choice', 'selector')}
      </strong>
      <span>{bar.activity === 'team' ? activityWords.team : stateWords(bar.state).text}</span>
      <span>
        {duration((bar.to ?? Math.max(now, bar.from)) - bar.from)}
        {bar.to === null && ' so far'} · from {clockTime(bar.from, true)}
      </span>
      {spent && (
        <span>
          {count(spent.prompt_tokens)} + {count(spent.completion_tokens)} tokens
          {spent.cost !== null && spent.cost > 0 && ` · ${money(spent.cost, currency)}`}
        </span>
      )}
      {bar.effect?.failure && <span className="tone-failed">failed: {bar.effect.failure.message}</span>}
      <em>Click for the call</em>
    </div>
  )
}

import { memo } from 'react'
import type { Lane } from '../model/lanes.ts'
import { pathWords } from '../model/paths.ts'
import { usePicture } from '../state/picture.ts'
import { useSession } from '../state/session.ts'
import { useSelect } from '../state/use.ts'
import { Icon } from '../ui/icon.tsx'
import { Avatar } from '../ui/people.tsx'
import { type PlacedBar, pathsOf } from './shapes.ts'

/** How high a lane is, in pixels; the style sheet has the same. */
const HEIGHT = 30

interface LaneRowProps {
  lane: Lane
  bars: PlacedBar[]
  hasInner: boolean
  isFolded: boolean
  fold(): void
  width: number
}

const choosers: Readonly<Record<string, string>> = {
  selectorChoice: 'selector',
  magenticChoice: 'orchestrator'
}

/** One lane: a name, and bars for what its actor did. */
export const LaneRow = memo(({ lane, bars, hasInner, isFolded, fold, width }: LaneRowProps) => {
  const { view } = useSession()
  const isChosen = useSelect(view, ({ actor }) => actor === lane.actor)
  const name = choosers[lane.machine] ?? lane.name
  const depth = lane.machine === 'participant' ? lane.depth : Math.max(0, lane.depth)
  // What leads a team is drawn below what it does itself.
  const own = bars.filter(({ bar }) => bar.activity !== 'team')
  const leads = bars.filter(({ bar }) => bar.activity === 'team')
  return (
    <div className={isChosen ? 'lane chosen' : 'lane'} data-lane={lane.actor}>
      <div className="lane-name" style={{ paddingInlineStart: 8 + depth * 14 }}>
        {hasInner && (
          <button
            type="button"
            className="lane-fold"
            aria-expanded={!isFolded}
            aria-label={`The team of ${name}`}
            onClick={fold}
          >
            <Icon name={isFolded ? 'next' : 'down'} />
          </button>
        )}
        <button
          type="button"
          className="lane-who"
          title={pathWords(lane.actor)}
          onClick={() => view.trigger.choose({ actor: lane.actor })}
        >
          {choosers[lane.machine] ? <Icon name="model" /> : <Avatar name={lane.name} size={20} />}
          <span>{name}</span>
        </button>
      </div>
      <svg width={width} height={HEIGHT} aria-hidden="true">
        {[...pathsOf(leads, HEIGHT - 9, 3)].map(([activity, path]) => (
          <path key={activity} className={`bar act-${activity}`} d={path} />
        ))}
        {[...pathsOf(own, 7, HEIGHT - 14)].map(([activity, path]) => (
          <path key={activity} className={`bar act-${activity}`} d={path} />
        ))}
        <Failed actor={lane.actor} bars={bars} />
      </svg>
    </div>
  )
})

/** Where something of the lane went wrong. */
const Failed = ({ actor, bars }: { actor: string; bars: readonly PlacedBar[] }) => {
  const position = usePicture(({ timeline, statusNow }) => {
    const cause = statusNow === 'error' ? timeline.failures.cause : null
    return cause?.actor === actor ? cause.position : null
  })
  if (position === null) return null
  const at = bars.findLast(({ bar }) => bar.start <= position)
  if (!at) return null
  return <path className="bar failed" d={`M${at.from} 5h${at.to - at.from}v20h${at.from - at.to}z`} />
}

import { memo, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { clockTime } from '../model/format.ts'
import { usePicture } from '../state/picture.ts'
import { useSession } from '../state/session.ts'
import { useSelect } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { useShortcuts } from '../ui/shortcuts.ts'
import { useSize } from '../ui/use-size.ts'
import { MomentSlider } from './moment-slider.tsx'
import { scaleOf } from './scale.ts'
import { pathsOf, placed } from './shapes.ts'

/** How long a moment stands when the run is played, in milliseconds. */
const PACE = 220

/** Goes through the moments of the run; its end is now. */
export const Transport = () => {
  const { view } = useSession()
  const hasWaterfall = useSelect(view, ({ tab }) => tab === 'timeline')
  const { count, shown, at } = usePicture(
    ({ timeline, shown, moment }) => ({ count: timeline.moments.length, shown, at: moment.at }),
    (one, other) => one.count === other.count && one.shown === other.shown && one.at === other.at
  )
  const isOver = usePicture(({ statusNow }) => ['complete', 'error', 'stopped'].includes(statusNow ?? ''))
  const { plays, play, back, on, toEnd } = useSteps(count, shown)
  const isNow = shown === null
  const current = shown ?? Math.max(0, count - 1)
  return (
    <section className={isNow ? 'transport' : 'transport past'} aria-label="Rewind">
      <div className="transport-buttons">
        <Button
          icon="back"
          kind="quiet"
          label="One moment back"
          shortcut="←"
          isDisabled={current === 0}
          onPress={back}
        />
        <Button
          icon={plays ? 'pause' : 'play'}
          kind="quiet"
          label={plays ? 'Stop playing' : 'Play the moments'}
          shortcut="Space"
          isDisabled={count < 2}
          onPress={play}
        />
        <Button icon="next" kind="quiet" label="One moment on" shortcut="→" isDisabled={isNow} onPress={on} />
      </div>
      {hasWaterfall ? <span className="space" /> : <Strip count={count} current={current} />}
      <output className="transport-output" aria-live="off">
        {count === 0 ? '0 / 0' : `${current + 1} / ${count}`}
        {at > 0 && <span>{clockTime(at, true)}</span>}
      </output>
      <Button
        icon={isOver ? 'next' : 'live'}
        kind={isNow ? 'quiet' : 'main'}
        isDisabled={isNow}
        shortcut="End"
        onPress={toEnd}
      >
        {isOver ? 'To the end' : 'Live'}
      </Button>
    </section>
  )
}

/** Steps through the moments, by buttons and by keys. */
function useSteps(count: number, shown: number | null) {
  const { inspection } = useSession()
  const { seek, step } = inspection.trigger
  const [plays, setPlays] = useState(false)
  const last = Math.max(0, count - 1)
  const current = shown ?? last
  useEffect(() => {
    if (!plays) return
    if (current >= last) return setPlays(false)
    const timer = setTimeout(() => step({ by: 1 }), PACE)
    return () => clearTimeout(timer)
  }, [plays, current, last, step])
  const back = useCallback(() => step({ by: -1 }), [step])
  const on = useCallback(() => step({ by: 1 }), [step])
  const toEnd = useCallback(() => seek({ to: null }), [seek])
  const isNow = shown === null
  const play = useCallback(() => {
    if (!plays && isNow) seek({ to: 0 })
    setPlays(!plays)
  }, [plays, isNow, seek])
  useShortcuts({
    ArrowLeft: back,
    ArrowRight: on,
    ' ': count > 1 ? play : undefined,
    Home: () => seek({ to: 0 }),
    End: toEnd
  })
  return { plays, play, back, on, toEnd }
}

const HEIGHT = 26

/** The run in one line, and a slider over it. */
const Strip = memo(({ count, current }: { count: number; current: number }) => {
  const frame = useRef<HTMLDivElement>(null)
  const { width } = useSize(frame)
  const { timeline, version } = usePicture(
    ({ timeline, version }) => ({ timeline, version }),
    (one, other) => one.version === other.version
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: the timeline itself only grows
  const paths = useMemo(() => {
    const scale = scaleOf(timeline, 'steps')
    const bars = timeline.lanes
      .list()
      .filter(({ bars }) => bars.length > 0)
      .flatMap((lane) => placed(lane, timeline, scale, width / scale.total, 0))
      .filter(({ bar }) => bar.activity !== 'team')
      .toSorted((a, b) => a.from - b.from)
    return pathsOf(bars, 9, 8)
  }, [timeline, version, width])
  return (
    <div className="strip" ref={frame}>
      <svg width="100%" height={HEIGHT} aria-hidden="true">
        {[...paths].map(([activity, path]) => (
          <path key={activity} className={`bar act-${activity}`} d={path} />
        ))}
      </svg>
      <MomentSlider count={count} current={current} isLinear />
      <span
        className="playhead"
        aria-hidden="true"
        style={{ transform: `translateX(${count < 2 ? width : (current / (count - 1)) * width}px)` }}
      />
    </div>
  )
})

import { useCallback, useEffect, useState } from 'react'
import { Label, Slider, SliderOutput, SliderThumb, SliderTrack } from 'react-aria-components/Slider'
import { clockTime } from '../model/describe.ts'
import type { Moment } from '../model/timeline.ts'
import { Button } from '../ui/button.tsx'

interface RewindProps {
  count: number
  shown: number | null
  moment: Moment
  isOver: boolean
  seek(to: number | null): void
  step(by: { by: number }): void
}

/** How long a moment stands when the run is played, in milliseconds. */
const PACE = 220

/** A slider over all transitions of the run; its end is now. */
export const Rewind = ({ count, shown, moment, isOver, seek, step }: RewindProps) => {
  const last = Math.max(0, count - 1)
  const current = shown ?? last
  const [plays, setPlays] = useState(false)
  useEffect(() => {
    if (!plays) return
    if (current >= last) return setPlays(false)
    const timer = setTimeout(() => step({ by: 1 }), PACE)
    return () => clearTimeout(timer)
  }, [plays, current, last, step])
  const isNow = shown === null
  const back = useCallback(() => step({ by: -1 }), [step])
  const on = useCallback(() => step({ by: 1 }), [step])
  const toEnd = useCallback(() => seek(null), [seek])
  const play = useCallback(() => {
    if (!plays && isNow) seek(0)
    setPlays(!plays)
  }, [plays, isNow, seek])
  return (
    <section className={isNow ? 'rewind' : 'rewind past'} aria-label="Rewind">
      <Button
        icon="back"
        kind="quiet"
        label="One transition back"
        isDisabled={current === 0}
        onPress={back}
      />
      <Button
        icon={plays ? 'pause' : 'play'}
        kind="quiet"
        label={plays ? 'Stop playing' : 'Play the transitions'}
        isDisabled={count < 2}
        onPress={play}
      />
      <Button icon="next" kind="quiet" label="One transition on" isDisabled={isNow} onPress={on} />
      <Slider
        className="slider"
        minValue={0}
        maxValue={Math.max(1, last)}
        value={current}
        onChange={(to) => seek(to >= last ? null : to)}
        isDisabled={count < 2}
      >
        <Label className="hidden">Transition</Label>
        <SliderTrack className="slider-track">
          {({ state }) => (
            <>
              <span className="slider-rail" />
              <span className="slider-fill" style={{ width: `${state.getThumbPercent(0) * 100}%` }} />
              <SliderThumb className="slider-thumb" />
            </>
          )}
        </SliderTrack>
        <SliderOutput className="slider-output">
          {count === 0 ? '0 / 0' : `${current + 1} / ${count}`}
          {moment.at > 0 && <span>{clockTime(moment.at, true)}</span>}
        </SliderOutput>
      </Slider>
      <Button
        icon={isOver ? undefined : 'live'}
        kind={isNow ? 'quiet' : 'main'}
        isDisabled={isNow}
        onPress={toEnd}
      >
        {isOver ? 'To the end' : 'Live'}
      </Button>
    </section>
  )
}

import { clockTime } from '../model/format.ts'
import { headlineIn, usePicture } from '../state/picture.ts'
import { useSession } from '../state/session.ts'

interface MomentSliderProps {
  count: number
  current: number
  /** Whether moments stand side by side at the same distance: then the pointer is the browser's business too. */
  isLinear?: boolean
}

/** The slider over the moments, for the keyboard and for those who cannot see the drawing around it. */
export const MomentSlider = ({ count, current, isLinear }: MomentSliderProps) => {
  const { inspection } = useSession()
  const words = usePicture((picture) => {
    const { moment } = picture
    return moment.at > 0
      ? `${current + 1} of ${count}, ${clockTime(moment.at, true)}: ${headlineIn(picture).text}`
      : ''
  })
  return (
    <input
      type="range"
      className={isLinear ? 'moment-slider linear' : 'moment-slider'}
      aria-label="Moment"
      aria-valuetext={words || undefined}
      min={0}
      max={Math.max(1, count - 1)}
      value={current}
      disabled={count < 2}
      onChange={({ target }) => {
        const to = Number(target.value)
        inspection.trigger.seek({ to: to >= count - 1 ? null : to })
      }}
    />
  )
}

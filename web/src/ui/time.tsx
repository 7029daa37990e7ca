import { ago, dateTime } from '../model/format.ts'
import { useNow } from '../state/clock.ts'

/** How long ago something was; the date is shown when it is pointed at. */
export const Ago = ({ at }: { at: number }) => {
  const now = useNow()
  if (!Number.isFinite(at) || at <= 0) return null
  return (
    <time dateTime={new Date(at).toISOString()} title={dateTime(at)}>
      {ago(at, now)}
    </time>
  )
}

import { isOver } from '../model/words.ts'
import { usePicture } from '../state/picture.ts'

/** What stands where nothing is yet; where it is being read, and where nothing will ever be, that is said. */
export const Empty = ({ children }: { children: string }) => {
  const why = usePicture(({ statusNow, timeline, isWhole }) => {
    if (statusNow === null || statusNow === 'created' || timeline.moments.length > 0) return 'later'
    return isWhole && isOver(statusNow) ? 'never' : 'soon'
  })
  return (
    <p className="empty">{why === 'never' ? NEVER : why === 'soon' ? 'The run is being read…' : children}</p>
  )
}

const NEVER = 'There is nothing to show: this run was over before its team was there.'

import { failureReport } from '../model/failure-report.ts'
import { type Flow, flowOf } from '../model/flow.ts'
import { headline } from '../model/headline.ts'
import { type Member, membersOf } from '../model/members.ts'
import { type UsageReport, usageReport } from '../model/usage.ts'
import type { Words } from '../model/words.ts'
import type { Picture } from './picture-store.ts'
import { useSession } from './session.ts'
import { useSelect } from './use.ts'

/** A part of the run as it is shown; a component that uses it is drawn again when the part changes. */
export const usePicture = <Part>(
  select: (picture: Picture) => Part,
  isSame?: (one: Part, other: Part) => boolean
): Part => useSelect(useSession().picture, select, isSame)

/** The same for long texts: while the moments of the past go by they do not change with every frame. */
export const useCalmPicture = <Part>(
  select: (picture: Picture) => Part,
  isSame?: (one: Part, other: Part) => boolean
): Part => useSelect(useSession().calm, select, isSame)

/** Makes something of a picture once, however often it is asked for. */
function once<Part>(make: (picture: Picture) => Part): (picture: Picture) => Part {
  const made = new WeakMap<Picture, Part>()
  return (picture) => {
    const known = made.get(picture)
    if (known !== undefined) return known
    const part = make(picture)
    made.set(picture, part)
    return part
  }
}

/** The members of the run's team, with what they do then. */
export const membersIn: (picture: Picture) => readonly Member[] = once(({ moment, root, outline }) =>
  membersOf(moment.actors, `${root}/team`, outline)
)

/** How the word went through the team until then. */
export const flowIn: (picture: Picture) => Flow = once((picture) => {
  const { root, outline, moment, items, timeline } = picture
  return flowOf(
    { manager: `${root}/team`, members: membersIn(picture), outline },
    { actors: moment.actors, items, timeline, position: moment.position }
  )
})

/** What the run and each of its actors have used until then. */
export const usageIn: (picture: Picture) => UsageReport = once(
  ({ timeline, moment, isLive, items, outline, root, prices }) => {
    const position = isLive ? Number.POSITIVE_INFINITY : moment.position
    return usageReport({ effects: timeline.effects, position, items, outline, root }, prices)
  }
)

/** What the run does or waits for then, in a sentence. */
export const headlineIn: (picture: Picture) => Words = once(headline)

/** Why the run has failed; null where it has not. */
export const failureIn = once(({ timeline, allItems }) => ({ report: failureReport(timeline, allItems) }))

/** When the run began, and how long it has taken until then; milliseconds. `to` is null while it goes on. */
export function spanIn({ timeline, moment, isLive, statusNow, allItems }: Picture): {
  from: number
  to: number | null
} {
  const from = timeline.times[0] ?? allItems.find(({ at }) => at > 0)?.at ?? 0
  if (!isLive) return { from, to: moment.at }
  const end = allItems.at(-1)
  if (end?.kind === 'end') return { from, to: from + end.result.duration * 1000 }
  const isOver = statusNow === 'complete' || statusNow === 'error' || statusNow === 'stopped'
  return { from, to: isOver ? moment.at : null }
}

/**
 * Actor ids say where an actor stands: `12` is the run, `12/team` its manager, `12/team/critic` a participant,
 * `12/team/critic/team/ann` one in its own team, `12/team/choice` what chooses the speaker for a manager.
 */

/** The names that lead to an actor, outermost first: `critic`, `ann`; none for the run and its manager. */
export const namesOf = (id: string): string[] =>
  id
    .split('/')
    .slice(1)
    .filter((part, at) => !(part === 'team' && at % 2 === 0))

/** The last name of an actor's path; `run` for the run, `manager` for its manager. */
export function nameOf(id: string): string {
  const parts = id.split('/')
  if (parts.length === 1) return 'run'
  if (isManager(id)) return parts.length === 2 ? 'manager' : `${namesOf(id).at(-1)}’s manager`
  return parts.at(-1)!
}

/** Whether an actor is the manager of a team. */
export const isManager = (id: string): boolean => id.split('/').length % 2 === 0 && id.endsWith('/team')

/** Whether an actor chooses the next speaker for a manager. */
export const isChoice = (id: string): boolean => id.split('/').length % 2 === 1 && id.endsWith('/choice')

/** How many teams an actor stands in: 1 for those of the run's own team. */
export const depthOf = (id: string): number => Math.floor((id.split('/').length - 1) / 2)

/** The manager of the team in which an actor stands: `12/team` for `12/team/critic`. */
export const managerOf = (id: string): string => id.slice(0, id.lastIndexOf('/'))

/** A path for people, the last part whole: `research › reader`. */
export const pathWords = (id: string): string => namesOf(id).join(' › ') || nameOf(id)

import { useState } from 'react'
import { Switch } from 'react-aria-components/Switch'
import type { Actors, Moment } from '../model/timeline.ts'
import { ActorList } from './actor-list.tsx'
import { ChartPanel } from './chart-panel.tsx'

interface ChartsProps {
  moment: Moment
  root: string
  isLive: boolean
  /** The actor whose chart was asked for; null follows the action. */
  chosen: string | null
  choose(id: string | null): void
}

/** The participant that came last to what it does; one that only listens does nothing. */
function inAction(actors: Actors): string | null {
  const acting = [...actors.values()].filter(
    ({ machine, status, value }) => machine === 'participant' && status === 'active' && value !== 'listening'
  )
  return acting.toSorted((one, other) => other.since - one.since)[0]?.id ?? null
}

/** All charts of a run, one of them drawn. */
export const Charts = ({ moment, root, isLive, chosen, choose }: ChartsProps) => {
  const { actors, last } = moment
  const [shown, setShown] = useState(root)
  const [isLarge, setLarge] = useState(false)
  const followed = inAction(actors) ?? shown
  if (chosen === null && followed !== shown) setShown(followed)
  const id = [chosen ?? followed, root].find((one) => actors.has(one))
  const actor = id === undefined ? undefined : actors.get(id)
  if (!actor) return <p className="empty">The charts are drawn as soon as the run begins.</p>
  return (
    <div className={isLarge ? 'charts large' : 'charts'}>
      <div className="chart-side">
        <ActorList actors={actors} root={root} selected={actor.id} last={last} select={choose} />
        <Switch
          className="switch"
          isSelected={chosen === null}
          onChange={(follow) => choose(follow ? null : actor.id)}
        >
          <span className="track" aria-hidden="true" />
          Follow the action
        </Switch>
      </div>
      <ChartPanel actor={actor} isLive={isLive} isLarge={isLarge} enlarge={setLarge} />
    </div>
  )
}

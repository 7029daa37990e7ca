import { useEffect } from 'react'
import { eventWords } from '../../build/words.ts'
import { clockTime, span } from '../model/format.ts'
import { valuePath } from '../model/states.ts'
import type { ActorNow, Actors } from '../model/timeline.ts'
import { doingOf, managerWords } from '../model/words.ts'
import { useNow } from '../state/clock.ts'
import { usePicture } from '../state/picture.ts'
import { useSession } from '../state/session.ts'
import { useSelect } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { Empty } from '../ui/empty.tsx'
import { Term } from '../ui/term.tsx'
import { ActorPicker } from './actor-picker.tsx'
import { ChartCanvas } from './chart-canvas.tsx'

/** The participant that came last to what it does; one that only listens does nothing. */
function inAction(actors: Actors): string | null {
  const acting = [...actors.values()].filter(
    ({ machine, status, value }) => machine === 'participant' && status === 'active' && value !== 'listening'
  )
  return acting.toSorted((one, other) => other.since - one.since)[0]?.id ?? null
}

/** The actor whose chart was drawn last where none is chosen: it stays when no actor acts any more. */
const lastDrawn = new WeakMap<object, string>()

/** Whose chart is drawn: that of the chosen actor, else of the one that acts. */
function useDrawn(): string {
  const session = useSession()
  const chosen = useSelect(session.view, ({ actor }) => actor)
  const { acting, isThere } = usePicture(
    ({ moment, root }) => ({
      acting: inAction(moment.actors) ?? lastDrawn.get(session) ?? root,
      isThere: chosen !== null && moment.actors.has(chosen)
    }),
    (one, other) => one.acting === other.acting && one.isThere === other.isThere
  )
  useEffect(() => void lastDrawn.set(session, acting), [session, acting])
  return isThere ? chosen! : acting
}

/** One of the run's statecharts, with where its actor stands. */
export const ChartView = () => {
  const { view } = useSession()
  const id = useDrawn()
  const actor = usePicture(({ moment }) => moment.actors.get(id))
  const follows = useSelect(view, ({ actor }) => actor === null)
  return (
    <section className="chart-section" aria-label="Statecharts">
      <header className="picture-head">
        <ActorPicker drawn={id} />
        {actor && <Standing actor={actor} />}
        <span className="space" />
        {!follows && (
          <Button kind="quiet" icon="live" onPress={() => view.trigger.chart({ actor: null })}>
            Follow the action
          </Button>
        )}
        <Term name="chart">What is this?</Term>
      </header>
      {actor ? <ChartCanvas actor={actor} /> : <Empty>The charts are drawn as soon as the run begins.</Empty>}
    </section>
  )
}

/** Where an actor stands, for how long, and what has led there. */
const Standing = ({ actor }: { actor: ActorNow }) => (
  <p className="standing">
    <strong>{standingWords(actor)}</strong>
    <code>{valuePath(actor.value) || '…'}</code>
    <Since actor={actor} />
    {actor.event && <span className="by">since “{eventWords(actor.event)}”</span>}
  </p>
)

const runs: Readonly<Record<string, string>> = {
  created: 'not started',
  starting: 'loading the team',
  'running.active': 'under way',
  'running.awaitingInput': 'waiting for a person',
  'running.paused': 'paused',
  cancelling: 'being stopped',
  completed: 'complete',
  cancelled: 'stopped',
  failed: 'failed'
}

const standingWords = (actor: ActorNow): string => {
  if (actor.machine === 'run') return runs[valuePath(actor.value)] ?? ''
  return actor.machine === 'groupChat' ? managerWords(actor) : doingOf(actor).text
}

const Since = ({ actor: { since, status } }: { actor: ActorNow }) => {
  const now = useNow()
  const then = usePicture(({ isLive, moment }) => (isLive ? null : moment.at))
  const text =
    status === 'active'
      ? `for ${span((then ?? Math.max(now, since)) - since)}`
      : `since ${clockTime(since, true)}`
  return <span className="since">{text}</span>
}

import { memo, useEffect, useRef } from 'react'
import { participantWords, type Tone, valuePath } from '../model/describe.ts'
import type { ActorNow, Actors } from '../model/timeline.ts'
import { useSize } from '../ui/use-size.ts'

interface ActorListProps {
  actors: Actors
  root: string
  selected: string
  /** The one that has moved last. */
  last: string | null
  select(id: string): void
}

const title = (actor: ActorNow, root: string): string =>
  actor.id === root ? 'run' : actor.machine === 'groupChat' ? 'team' : actor.name

const toneOf = (actor: ActorNow): Tone => {
  if (actor.status !== 'active') return 'idle'
  if (actor.machine !== 'run' && actor.machine !== 'groupChat') return participantWords(actor).tone
  const path = valuePath(actor.value)
  if (path.includes('awaitingInput')) return 'asking'
  return path.includes('paused') ? 'paused' : 'busy'
}

/** Everybody right below the team that it belongs to. */
function inTree(actors: Actors, of: string | null = null): ActorNow[] {
  const children = [...actors.values()].filter(({ parent }) => parent === of)
  return children.flatMap((actor) => [actor, ...inTree(actors, actor.id)])
}

/** Where a key leads in a list of so many; nothing where it leads nowhere. */
const goal = (key: string, at: number, count: number): number | undefined =>
  ({ ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: count - 1 })[key]

const optionId = (id: string): string => `actor-${id}`

/** All charts of a run: the run, its team, everybody in it. */
export const ActorList = ({ actors, root, selected, last, select }: ActorListProps) => {
  const frame = useRef<HTMLDivElement>(null)
  const list = inTree(actors)
  const size = useSize(frame)
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever another one is chosen, or the list is seen
  useEffect(() => {
    frame.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' })
  }, [selected, size])
  const move = (event: React.KeyboardEvent) => {
    const to = goal(
      event.key,
      list.findIndex(({ id }) => id === selected),
      list.length
    )
    const actor = to === undefined ? undefined : list[to]
    if (to === undefined) return
    event.preventDefault()
    if (actor) select(actor.id)
  }
  return (
    <div
      className="actors"
      role="listbox"
      aria-label="Charts of this run"
      aria-activedescendant={optionId(selected)}
      tabIndex={0}
      ref={frame}
      onKeyDown={move}
    >
      {list.map((actor) => (
        <Option
          key={actor.id}
          {...{ actor, select }}
          name={title(actor, root)}
          isSelected={actor.id === selected}
          hasMoved={actor.id === last}
        />
      ))}
    </div>
  )
}

interface OptionProps {
  actor: ActorNow
  name: string
  isSelected: boolean
  hasMoved: boolean
  select(id: string): void
}

// Plain elements: all of them stand beside a chart that moves many times a second.
const Option = memo(({ actor, name, isSelected, hasMoved, select }: OptionProps) => (
  // biome-ignore lint/a11y/useKeyWithClickEvents: the list hears the keys
  <div
    id={optionId(actor.id)}
    role="option"
    aria-selected={isSelected}
    tabIndex={-1}
    className={`actor depth-${actor.id.split('/').length - 1}${hasMoved ? ' moved' : ''}`}
    onClick={() => select(actor.id)}
  >
    <span className={`dot tone-${toneOf(actor)}`} aria-hidden="true" />
    <span className="name">{name}</span>
    <span className="hidden">: </span>
    <span className="state">{actor.status === 'stopped' ? 'has left' : valuePath(actor.value)}</span>
  </div>
))

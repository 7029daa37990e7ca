import { ListBox, ListBoxItem } from 'react-aria-components/ListBox'
import { participantWords, type Tone, valuePath } from '../model/describe.ts'
import type { ActorNow, Actors } from '../model/timeline.ts'

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

interface Line {
  id: string
  actor: ActorNow
  moved: boolean
}

/** The same line for the same actor: what has not changed is not drawn again. */
const lines = new WeakMap<ActorNow, Line>()

function lineOf(actor: ActorNow, moved: boolean): Line {
  const known = lines.get(actor)
  if (known?.moved === moved) return known
  const line = { id: actor.id, actor, moved }
  lines.set(actor, line)
  return line
}

/** All charts of a run: the run, its team, everybody in it. */
export const ActorList = ({ actors, root, selected, last, select }: ActorListProps) => (
  <ListBox
    className="actors"
    aria-label="Charts of this run"
    selectionMode="single"
    disallowEmptySelection
    selectedKeys={[selected]}
    onSelectionChange={(keys) => keys !== 'all' && select(String([...keys][0]))}
    items={inTree(actors).map((actor) => lineOf(actor, actor.id === last))}
  >
    {({ actor, moved }) => (
      <ListBoxItem
        id={actor.id}
        className={`actor depth-${actor.id.split('/').length - 1}${moved ? ' moved' : ''}`}
        textValue={title(actor, root)}
      >
        <span className={`dot tone-${toneOf(actor)}`} aria-hidden="true" />
        <span className="name">{title(actor, root)}</span>
        <span className="hidden">: </span>
        <span className="state">{actor.status === 'stopped' ? 'has left' : valuePath(actor.value)}</span>
      </ListBoxItem>
    )}
  </ListBox>
)

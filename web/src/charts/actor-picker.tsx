import { Button } from 'react-aria-components/Button'
import { Label } from 'react-aria-components/Label'
import { Header, ListBox, ListBoxItem, ListBoxSection } from 'react-aria-components/ListBox'
import { Popover } from 'react-aria-components/Popover'
import { Select, SelectValue } from 'react-aria-components/Select'
import { namesOf } from '../model/paths.ts'
import { valuePath } from '../model/states.ts'
import type { ActorNow } from '../model/timeline.ts'
import { doingOf, managerWords, statusOf, statusWords, type Words } from '../model/words.ts'
import { usePicture } from '../state/picture.ts'
import { useSession } from '../state/session.ts'
import { Icon } from '../ui/icon.tsx'
import { Avatar } from '../ui/people.tsx'

/** An actor in the list, as it stands. */
interface Entry {
  id: string
  name: string
  depth: number
  isMember: boolean
  words: Words
  state: string
}

/** Chooses whose chart is drawn: the members first, then what the runtime needs beside them. */
export const ActorPicker = ({ drawn }: { drawn: string }) => {
  const { view } = useSession()
  const entries = usePicture(
    ({ moment }) => [...moment.actors.values()].map(entryOf),
    (one, other) => one.length === other.length && one.every((entry, at) => isSameEntry(entry, other[at]!))
  )
  const members = inTree(entries.filter(({ isMember }) => isMember))
  const others = entries.filter(({ isMember }) => !isMember)
  return (
    <Select
      className="actor-picker"
      value={drawn}
      onChange={(key) => view.trigger.chart({ actor: String(key) })}
      aria-label="Whose chart is shown"
    >
      <Label className="hidden">Whose chart is shown</Label>
      <Button className="button plain">
        <SelectValue>{({ selectedText }) => selectedText || 'No actor'}</SelectValue>
        <Icon name="down" />
      </Button>
      <Popover className="popover">
        <ListBox className="listbox" aria-label="Charts of this run">
          <ListBoxSection>
            <Header>Members</Header>
            {members.map((entry) => (
              <Option key={entry.id} entry={entry} />
            ))}
          </ListBoxSection>
          <ListBoxSection>
            <Header>Behind the scenes</Header>
            {others.map((entry) => (
              <Option key={entry.id} entry={entry} />
            ))}
          </ListBoxSection>
        </ListBox>
      </Popover>
    </Select>
  )
}

const Option = ({ entry: { id, name, depth, isMember, words, state } }: { entry: Entry }) => (
  <ListBoxItem id={id} textValue={name} className="option" style={{ paddingInlineStart: 10 + depth * 16 }}>
    {isMember ? <Avatar name={name} size={20} /> : <Icon name="chart" />}
    <span className="name">{name}</span>
    <span className={`status tone-${words.tone}`}>
      <span className="dot" aria-hidden="true" />
      {words.text}
    </span>
    <code>{state}</code>
  </ListBoxItem>
)

function entryOf(actor: ActorNow): Entry {
  const { id, machine, value } = actor
  const names = namesOf(id)
  const base = { id, depth: Math.max(0, names.length - 1), state: valuePath(value) }
  if (machine === 'run') return { ...base, name: 'run', isMember: false, words: statusWords(statusOf(value)) }
  if (machine === 'groupChat') {
    const name = names.length > 0 ? `${names.join(' › ')}’s manager` : 'manager'
    return { ...base, name, depth: 0, isMember: false, words: { tone: 'idle', text: managerWords(actor) } }
  }
  const name =
    machine === 'selectorChoice' ? 'selector' : machine === 'magenticChoice' ? 'orchestrator' : actor.name
  return { ...base, name, isMember: machine === 'participant', words: doingOf(actor) }
}

const isSameEntry = (one: Entry, other: Entry): boolean =>
  one.id === other.id && one.state === other.state && one.words.text === other.words.text

/** The actors as a tree: those of a team behind it, in the order in which they came. */
function inTree(entries: readonly Entry[]): Entry[] {
  const key = (id: string) => id.split('/')
  return entries.toSorted((a, b) => {
    const [one, other] = [key(a.id), key(b.id)]
    // In the order in which they came, but inside of their teams.
    for (let at = 0; at < Math.min(one.length, other.length); at++)
      if (one[at] !== other[at]) return orderOf(entries, one, at) - orderOf(entries, other, at)
    return one.length - other.length
  })
}

const orderOf = (entries: readonly Entry[], parts: readonly string[], at: number): number => {
  const prefix = parts.slice(0, at + 1).join('/')
  return entries.findIndex(({ id }) => id === prefix || id.startsWith(`${prefix}/`))
}

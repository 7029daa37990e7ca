import { memo } from 'react'
import { Markdown } from '../markdown/markdown.tsx'
import type { Entry } from '../model/entries.ts'
import { brief, clockTime, count, dateTime, oneLine } from '../model/format.ts'
import type { Item } from '../model/items.ts'
import { runLink } from '../state/address.ts'
import type { Partial } from '../state/run-store.ts'
import { useSession } from '../state/session.ts'
import { useSelect } from '../state/use.ts'
import { Icon } from '../ui/icon.tsx'
import { Avatar } from '../ui/people.tsx'
import { Content } from './content.tsx'
import { Chosen, EventLine } from './events.tsx'
import { ModelCall } from './model-call.tsx'
import { ToolCalls } from './tool-calls.tsx'

interface SpeechProps {
  source: string
  at: number
  /** The message, where it is one. */
  id?: string
  note?: React.ReactNode
  /** The same one has just spoken. */
  joined?: boolean
  children: React.ReactNode
}

const Speech = ({ source, at, id, note, joined, children }: SpeechProps) => {
  const { view } = useSession()
  const isChosen = useSelect(view, ({ msg }) => id !== undefined && msg === id)
  return (
    <div className={`speech${joined ? ' joined' : ''}${isChosen ? ' chosen' : ''}`} data-message={id}>
      {joined ? <span className="avatar-space" /> : <Avatar name={source} />}
      <div className="said">
        <div className={joined ? 'who joined' : 'who'}>
          {!joined && <strong>{source}</strong>}
          {id === undefined ? at > 0 && <When at={at} /> : <MomentLink id={id} at={at} />}
          {note && <span className="note">{note}</span>}
        </div>
        {children}
      </div>
    </div>
  )
}

const When = ({ at }: { at: number }) => (
  <time dateTime={new Date(at).toISOString()} title={dateTime(at)}>
    {clockTime(at)}
  </time>
)

/** The time of a message, which leads to the moment at which it was said. */
const MomentLink = ({ id, at }: { id: string; at: number }) => {
  const { id: run, inspection, view } = useSession()
  const position = useSelect(inspection, ({ timeline }) => timeline.saidAt.get(id) ?? null)
  if (position === null) return at > 0 ? <When at={at} /> : null
  const go = (event: React.MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    view.trigger.message({ msg: id })
    inspection.trigger.seekPosition({ position })
  }
  return (
    <a
      className="moment-link"
      href={runLink(run, { at: position, msg: id })}
      onClick={go}
      title={`${at > 0 ? dateTime(at) : ''} · Show the run at this moment`}
    >
      {at > 0 ? clockTime(at) : 'then'}
    </a>
  )
}

/** The tokens of an answer: in few words, and whole when it is pointed at. */
const Tokens = ({ item }: { item: Item }) => {
  const usage = 'usage' in item ? item.usage : null
  if (!usage) return null
  const { prompt_tokens, completion_tokens } = usage
  const whole = `${count(prompt_tokens)} sent to the model, ${count(completion_tokens)} written by it`
  return <span title={whole}>{brief(prompt_tokens + completion_tokens)} tokens</span>
}

/** One line of the transcript. */
export const TranscriptItem = memo(({ entry, joined }: { entry: Entry; joined: boolean }) => {
  switch (entry.kind) {
    case 'chosen':
      return <Chosen by={entry.by} speakers={entry.speakers} />
    case 'said':
    case 'tools':
    case 'event':
      return (
        <Speech
          source={entry.source}
          at={entry.at}
          id={entry.message.id}
          note={<Tokens item={entry} />}
          joined={joined}
        >
          {entry.kind === 'said' && <Said item={entry} />}
          {entry.kind === 'tools' && <ToolCalls item={entry} />}
          {entry.kind === 'event' && <EventLine message={entry.message} />}
        </Speech>
      )
    case 'call':
      return (
        <div className="talk-line">
          <ModelCall item={entry} />
        </div>
      )
    case 'asked':
      return (
        <div className="talk-line asked">
          <Icon name="person" />
          <span>
            {entry.source} asks a person: “{oneLine(entry.question.prompt, 160)}”
          </span>
        </div>
      )
    case 'warning':
      return (
        <div className="talk-line warning">
          <Icon name="warn" /> <span>{entry.text}</span>
        </div>
      )
    case 'unfinished':
      return (
        <Speech source={entry.source} at={entry.at} note="was writing when the run ended" joined={joined}>
          <div className="unfinished">
            <Markdown text={entry.text} />
          </div>
        </Speech>
      )
    case 'end':
      return <End item={entry} />
  }
})

const Said = ({ item: { message } }: { item: Extract<Item, { kind: 'said' }> }) => (
  <>
    <Content message={message} />
    {message.type === 'HandoffMessage' && (
      <div className="handoff">
        <Icon name="hand" /> hands over to <strong>{message.target}</strong>
      </div>
    )}
  </>
)

const ends: Readonly<Record<string, string>> = { complete: 'Complete', cancelled: 'Stopped', error: 'Failed' }

const End = ({ item }: { item: Extract<Item, { kind: 'end' }> }) => {
  const { task_result } = item.result
  const why =
    item.status === 'error' ? String(task_result.messages[0]?.content ?? '') : task_result.stop_reason
  return (
    <div className={`end ${item.status}`}>
      <strong>{ends[item.status] ?? item.status}</strong>
      <span dir="auto">{why}</span>
    </div>
  )
}

/** An answer that is still being written. It has the place and the shape of the message that it becomes. */
export const PartialItem = memo(({ partial, joined }: { partial: Partial; joined: boolean }) => (
  <Speech source={partial.source} at={partial.at} note="is writing…" joined={joined}>
    <div className="writing">
      <Markdown text={partial.text} />
    </div>
  </Speech>
))

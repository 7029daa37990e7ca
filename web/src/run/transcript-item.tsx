import { memo } from 'react'
import { clockTime } from '../model/describe.ts'
import type { Item } from '../model/items.ts'
import type { Partial } from '../state/run-store.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Icon } from '../ui/icon.tsx'
import { Content } from './content.tsx'
import { EventLine } from './events.tsx'
import { Markdown } from './markdown.tsx'
import { ModelCall } from './model-call.tsx'
import { ToolCalls } from './tool-calls.tsx'

interface SpeechProps {
  source: string
  at: number
  note?: string | null
  /** The same one has just spoken. */
  joined?: boolean
  children: React.ReactNode
}

const Speech = ({ source, at, note, joined, children }: SpeechProps) => (
  <div className={joined ? 'speech joined' : 'speech'}>
    {joined ? <span className="avatar-space" /> : <Avatar name={source} />}
    <div className="said">
      {!joined && (
        <div className="who">
          <strong>{source}</strong>
          {at > 0 && <time dateTime={new Date(at).toISOString()}>{clockTime(at)}</time>}
          {note && <span className="usage">{note}</span>}
        </div>
      )}
      {children}
    </div>
  </div>
)

const tokens = (item: Item): string | null => {
  const usage = 'usage' in item ? item.usage : null
  return usage ? `${usage.prompt_tokens} + ${usage.completion_tokens} tokens` : null
}

/** One item of the transcript. */
export const TranscriptItem = memo(({ item, joined }: { item: Item; joined: boolean }) => {
  const { source, at } = item
  switch (item.kind) {
    case 'said':
      return (
        <Speech source={source} at={at} note={tokens(item)} joined={joined}>
          <Content message={item.message} />
          {item.message.type === 'HandoffMessage' && (
            <div className="handoff">
              <Icon name="hand" /> hands over to <strong>{item.message.target}</strong>
            </div>
          )}
        </Speech>
      )
    case 'tools':
      return (
        <Speech source={source} at={at} note={tokens(item)} joined={joined}>
          <ToolCalls item={item} />
        </Speech>
      )
    case 'event':
      return (
        <Speech source={source} at={at} joined={joined}>
          <EventLine message={item.message} />
        </Speech>
      )
    case 'call':
      return (
        <div className="line">
          <ModelCall message={item.message} source={source} />
        </div>
      )
    case 'asked':
      return (
        <div className="line asked">
          <Icon name="hand" /> {source} asks a person: “{item.question.prompt.trim()}”
        </div>
      )
    case 'warning':
      return (
        <div className="line warning">
          <Icon name="warn" /> {item.text}
        </div>
      )
    case 'end':
      return <End item={item} />
  }
})

const End = ({ item }: { item: Extract<Item, { kind: 'end' }> }) => {
  const { task_result, duration } = item.result
  const words = { complete: 'Complete', cancelled: 'Stopped', error: 'Failed' }[item.status] ?? item.status
  const why =
    item.status === 'error' ? String(task_result.messages[0]?.content ?? '') : task_result.stop_reason
  return (
    <div className={`end ${item.status}`}>
      <strong>{words}</strong>
      <span>{why}</span>
      <span className="usage">{duration.toFixed(1)} s</span>
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

import { useState } from 'react'
import { type ActorNow, lastMemories } from '../model/timeline.ts'

/** How many messages are shown at most. */
const MOST = 40

/** What an actor knows at the moment that is shown: what its model is told of the past, and the chart's context. */
export const Memory = ({ actor }: { actor: ActorNow }) => {
  const [isOpen, setOpen] = useState(false)
  return (
    <details className="context" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        What {actor.name} remembers
        {actor.machine === 'participant' && <Count actor={actor} />}
      </summary>
      {isOpen && (
        <section className="memory" aria-label={`What ${actor.name} remembers`} tabIndex={0}>
          <Messages actor={actor} />
          <h3>Context of the chart</h3>
          <pre>{JSON.stringify(actor.context, null, 2)}</pre>
        </section>
      )}
    </details>
  )
}

const Count = ({ actor }: { actor: ActorNow }) => {
  const { count } = lastMemories(actor.memory, 0)
  return <span className="count">{count === 1 ? '1 message' : `${count} messages`}</span>
}

const Messages = ({ actor }: { actor: ActorNow }) => {
  const { messages, count } = lastMemories(actor.memory, MOST)
  if (count === 0) return null
  const hidden = count - messages.length
  return (
    <>
      <h3>What its model is told of the past</h3>
      {hidden > 0 && <p className="earlier">{hidden} earlier ones are not shown.</p>}
      <ol start={hidden + 1}>
        {messages.map((message, at) => (
          // A place in a memory names what stands there.
          // biome-ignore lint/suspicious/noArrayIndexKey: there is no other name
          <MemoryLine key={hidden + at} message={message as Fields} />
        ))}
      </ol>
    </>
  )
}

type Fields = Record<string, unknown>

const roles: Readonly<Record<string, string>> = {
  SystemMessage: 'system',
  UserMessage: 'user',
  AssistantMessage: 'assistant',
  FunctionExecutionResultMessage: 'tool results'
}

const MemoryLine = ({ message: { type, source, content } }: { message: Fields }) => (
  <li>
    <strong>{roles[String(type)] ?? String(type)}</strong>
    {typeof source === 'string' && <span className="by-whom">{source}</span>}
    <span className="words">{typeof content === 'string' ? content : JSON.stringify(content)}</span>
  </li>
)

import { CodeBlock } from '../markdown/code-block.tsx'
import { plural } from '../model/format.ts'
import { pathWords } from '../model/paths.ts'
import { lastMemories } from '../model/timeline.ts'
import { usePicture } from '../state/picture.ts'
import { Term } from '../ui/term.tsx'

/** How many messages are shown at most. */
const MOST = 40

/** What an actor knows at the moment that is shown: the messages that its model gets, and the chart's context. */
export const Memory = ({ actor: id }: { actor: string }) => {
  const actor = usePicture(({ moment }) => moment.actors.get(id))
  if (!actor) return <p className="empty">What it remembers appears here when it is there.</p>
  return (
    <section className="memory" aria-label={`What ${pathWords(id)} remembers`}>
      {actor.machine === 'participant' && <Messages memory={actor.memory} />}
      <h3>Context of the chart</h3>
      <CodeBlock text={JSON.stringify(actor.context, null, 2)} language="json" />
    </section>
  )
}

const Messages = ({ memory }: { memory: Parameters<typeof lastMemories>[0] }) => {
  const { messages, count } = lastMemories(memory, MOST)
  const hidden = count - messages.length
  return (
    <>
      <h3>
        <Term name="memory">The messages that its model gets</Term>{' '}
        <span className="quiet">{plural(count, 'message')}</span>
      </h3>
      {count === 0 && <p className="quiet">Nothing yet.</p>}
      {hidden > 0 && <p className="quiet">{plural(hidden, 'earlier one')} not shown.</p>}
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

/** One message as the model gets it. */
export const MemoryLine = ({ message: { type, source, content } }: { message: Fields }) => (
  <li>
    <strong>{roles[String(type)] ?? String(type)}</strong>
    {typeof source === 'string' && <span className="by-whom">{source}</span>}
    <span className="words" dir="auto">
      {typeof content === 'string' ? content : JSON.stringify(content)}
    </span>
  </li>
)

import { CodeBlock } from '../markdown/code-block.tsx'
import { Markdown } from '../markdown/markdown.tsx'
import type { Item } from '../model/items.ts'
import type { Bar } from '../model/lanes.ts'
import { outlineAt } from '../model/members.ts'
import { nameOf } from '../model/paths.ts'
import { lastMemories } from '../model/timeline.ts'
import { usePicture } from '../state/picture.ts'
import { Fold } from '../talk/events.tsx'
import { ToolCalls } from '../talk/tool-calls.tsx'
import { MemoryLine } from './memory.tsx'

/** What was asked and what came: of a model, of tools, of a person. */
export const CallDetails = ({ bar }: { bar: Bar }) => {
  if (bar.effect?.failure) return <Failed bar={bar} />
  if (bar.activity === 'tools') return <ToolDetails bar={bar} />
  return bar.activity === 'model' ? <ModelDetails bar={bar} /> : null
}

const Failed = ({ bar }: { bar: Bar }) => (
  <div className="call-details">
    <h3>It failed</h3>
    <CodeBlock text={bar.effect!.failure!.message} language="" />
    {bar.activity === 'model' && <Asked bar={bar} />}
  </div>
)

const ModelDetails = ({ bar }: { bar: Bar }) => {
  const { content } = bar.effect ?? {}
  const record = useRecord(bar)
  return (
    <div className="call-details">
      <Asked bar={bar} />
      <h3>It answered</h3>
      {bar.effect === null && <p className="quiet">Nothing yet.</p>}
      {typeof content === 'string' && <Markdown text={content} />}
      {content !== undefined && typeof content !== 'string' && (
        <CodeBlock text={JSON.stringify(content, null, 2)} language="json" />
      )}
      {record && (
        <Fold icon="pages" title="As it went over the wire">
          <CodeBlock text={record.record.whole} language="json" />
        </Fold>
      )}
    </div>
  )
}

/** How many messages of the past are shown. */
const MOST = 6

/** What the model was told. */
const Asked = ({ bar }: { bar: Bar }) => {
  const outline = usePicture((picture) => picture.outline)
  const memory = usePicture(
    ({ timeline }) =>
      timeline.at(timeline.moments[timeline.momentOf(bar.start)] ?? 0).actors.get(bar.actor)?.memory ?? null
  )
  const prompt = outlineAt(outline, bar.actor)?.prompt
  const { messages, count } = lastMemories(memory, MOST)
  return (
    <>
      <h3>It was asked</h3>
      <ol className="asked-list">
        {prompt && <MemoryLine message={{ type: 'SystemMessage', content: prompt }} />}
        {count > messages.length && <li className="quiet">… {count - messages.length} earlier ones …</li>}
        {messages.map((message, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: there is no other name
          <MemoryLine key={at} message={message as Record<string, unknown>} />
        ))}
        <li className="quiet">and what was said since its last turn</li>
      </ol>
    </>
  )
}

/** The record of a model call, where its service was really asked: the one with the same tokens next to it in time. */
function useRecord({ effect, actor, to }: Bar): Extract<Item, { kind: 'call' }> | null {
  return usePicture(({ allItems }) => {
    if (!effect?.usage) return null
    const { prompt_tokens, completion_tokens } = effect.usage
    const isLike = (item: Item): item is Extract<Item, { kind: 'call' }> =>
      item.kind === 'call' &&
      (item.source === nameOf(actor) || actor.endsWith('/choice')) &&
      item.usage.prompt_tokens === prompt_tokens &&
      item.usage.completion_tokens === completion_tokens
    const distance = ({ at }: Item) => Math.abs(at - (to ?? at))
    return allItems.filter(isLike).toSorted((a, b) => distance(a) - distance(b))[0] ?? null
  })
}

/** The tool calls of a member that were under way then. */
const ToolDetails = ({ bar: { actor, from, to } }: { bar: Bar }) => {
  const item = usePicture(({ allItems }) =>
    allItems.findLast(
      (one): one is Extract<Item, { kind: 'tools' }> =>
        one.kind === 'tools' &&
        one.source === nameOf(actor) &&
        one.at <= (to ?? Number.POSITIVE_INFINITY) &&
        one.at >= from - 1000
    )
  )
  return item ? (
    <div className="call-details">
      <ToolCalls item={item} />
    </div>
  ) : null
}

import { useMemo } from 'react'
import { runSentence, span, statusWords, type Words } from '../model/describe.ts'
import { type Item, usageOf } from '../model/items.ts'
import type { Moment } from '../model/timeline.ts'
import { useNow } from '../state/clock.ts'
import type { RunContext } from '../state/run-store.ts'
import { Button } from '../ui/button.tsx'
import { Status } from '../ui/status.tsx'
import { Steer } from './steer.tsx'

interface RunHeaderProps {
  context: RunContext
  moment: Moment
  items: readonly Item[]
  title: string
  isLive: boolean
}

/** Where the run stands, what it waits for, and what can be done. */
export const RunHeader = ({ context, moment, items, title, isLive }: RunHeaderProps) => {
  const { id, status, line, pending } = context
  const sentence = runSentence(moment, String(id), pending, isLive ? context.items : items)
  const usage = useMemo(() => usageOf(items), [items])
  const messages = useMemo(() => items.filter(({ kind }) => kind === 'said').length, [items])
  return (
    <header className="run-head">
      <div className="run-title">
        <h1>
          <span className="run-number">Run {id}</span> {title}
        </h1>
        <Status words={statusWords(status)} strong />
        <span className="totals">
          {messages} messages · {usage.prompt_tokens} + {usage.completion_tokens} tokens
        </span>
      </div>
      <Steer status={status} isOnline={line === 'open'} />
      <Sentence words={sentence} isLive={isLive} />
      <Trouble context={context} />
    </header>
  )
}

const Sentence = ({ words, isLive }: { words: Words; isLive: boolean }) => (
  <p className={`sentence tone-${words.tone}`} aria-live="polite">
    {!isLive && <strong>Back then: </strong>}
    {words.text}
  </p>
)

/** What is wrong with the line to the server. */
const Trouble = ({ context: { line, retryAt } }: { context: RunContext }) => {
  const now = useNow()
  if (line === 'offline') {
    const wait = retryAt === null || retryAt <= now ? 'now' : `in ${span(retryAt - now)}`
    return (
      <p className="notice" role="status">
        Offline. What you see may be old; trying again {wait}.
      </p>
    )
  }
  if (line === 'refused') return <p className="notice bad">This run belongs to somebody else.</p>
  return null
}

/** What the server had to say against something that was sent. */
export const Problem = ({ text, close }: { text: string; close(): void }) => (
  <div className="notice bad" role="alert">
    {text}
    <Button icon="close" kind="quiet" label="Dismiss" onPress={close} />
  </div>
)

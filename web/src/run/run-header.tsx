import { memo } from 'react'
import { count, duration, money, oneLine } from '../model/format.ts'
import { statusWords } from '../model/words.ts'
import { useNow } from '../state/clock.ts'
import { spanIn, usageIn, usePicture } from '../state/picture.ts'
import { useSession } from '../state/session.ts'
import { isSameFields, useSelect } from '../state/use.ts'
import { Status } from '../ui/status.tsx'
import { Term } from '../ui/term.tsx'
import { TopBar } from '../ui/top-bar.tsx'
import { Steer } from './steer.tsx'

/** One row: which run it is, where it stands, how long it has taken, what it has used, and what can be done. */
export const RunHeader = memo(() => {
  const { id, run } = useSession()
  const line = useSelect(run, (context) => context.line)
  return (
    <TopBar isRun>
      <div className="run-title">
        <h1>
          <span className="run-number">Run {id}</span> <Task />
        </h1>
      </div>
      <RunStatus />
      <Facts />
      <Steer isOnline={line === 'open'} />
    </TopBar>
  )
})

const RunStatus = () => {
  const { status, isLive } = usePicture(({ status, isLive }) => ({ status, isLive }), isSameFields)
  const words = statusWords(status)
  return (
    <span className={isLive ? 'run-status' : 'run-status past'}>
      {!isLive && <span className="hidden">Back then: </span>}
      <Status words={isLive ? words : { ...words, text: `then ${words.text}` }} strong />
    </span>
  )
}

/** What the team is to do. */
const Task = () => {
  const task = usePicture(({ task, allItems }) => {
    if (task !== '') return task
    const first = allItems.find((item) => item.kind === 'said')
    return first?.kind === 'said' && typeof first.message.content === 'string' ? first.message.content : ''
  })
  const team = usePicture(({ outline }) => outline?.name ?? '')
  return (
    <span className="run-task" title={task} dir="auto">
      {task ? oneLine(task, 300) : team}
    </span>
  )
}

const Facts = () => (
  <dl className="facts">
    <Duration />
    <Used />
  </dl>
)

const Duration = () => {
  const { from, to } = usePicture(spanIn, isSameFields)
  const now = useNow()
  const taken = from === 0 ? null : (to ?? Math.max(now, from)) - from
  return (
    <div>
      <dt>
        <Term name="duration">Duration</Term>
      </dt>
      <dd>{taken === null ? '–' : duration(to === null ? Math.floor(taken / 1000) * 1000 : taken)}</dd>
    </div>
  )
}

const Used = () => {
  const { prompt, completion, calls, cost, currency, unpriced, isKnown } = usePicture((picture) => {
    const { total, currency } = usageIn(picture)
    const { prompt_tokens: prompt, completion_tokens: completion, calls, cost, unpriced } = total
    return {
      prompt,
      completion,
      calls,
      cost,
      currency,
      unpriced: unpriced.join(', '),
      isKnown: picture.outline !== null
    }
  }, isSameFields)
  const tokens = `${count(prompt)} sent to models, ${count(completion)} written by them, in ${calls} calls`
  return (
    <>
      <div title={tokens}>
        <dt>
          <Term name="tokens">Tokens</Term>
        </dt>
        <dd>{count(prompt + completion)}</dd>
      </div>
      <div title={unpriced ? `There is no price for ${unpriced}` : undefined}>
        <dt>
          <Term name="cost">Cost</Term>
        </dt>
        <dd>{isKnown ? costWords(cost, currency, unpriced !== '') : '–'}</dd>
      </div>
    </>
  )
}

const costWords = (cost: number | null, currency: string, isMore: boolean): string => {
  if (cost === null) return isMore ? 'no price known' : '–'
  return `${isMore ? 'over ' : ''}${money(cost, currency)}`
}

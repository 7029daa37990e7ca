import type { FailureReport } from '../model/failure-report.ts'
import { span } from '../model/format.ts'
import { useNow } from '../state/clock.ts'
import { failureIn, headlineIn, usePicture } from '../state/picture.ts'
import { useSession } from '../state/session.ts'
import { isSameFields, useSelect } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { useRetry } from './use-retry.ts'

/** What the run does or waits for at the moment that is shown; where it has failed, why, and how to go on. */
export const NowLine = () => {
  const report = usePicture(
    (picture) => failureIn(picture).report,
    (one, other) =>
      one?.message === other?.message && one?.actor === other?.actor && one?.position === other?.position
  )
  const isLive = usePicture((picture) => picture.isLive)
  return (
    <div className="now">
      <Line />
      {report && isLive ? <Failure report={report} /> : <Sentence />}
      <Stuck />
    </div>
  )
}

const Sentence = () => {
  const { tone, text } = usePicture(headlineIn, isSameFields)
  const isLive = usePicture((picture) => picture.isLive)
  return (
    <p className={`sentence tone-${tone}`} aria-live={isLive ? 'polite' : 'off'}>
      <span className="dot" aria-hidden="true" />
      {!isLive && <strong>Back then: </strong>}
      <span dir="auto">{text}</span>
    </p>
  )
}

/** What went wrong, whose step it was, what helps, and where to go on. */
const Failure = ({ report }: { report: FailureReport }) => {
  const { inspection, view, run } = useSession()
  const { who, doing, call, turn, message, advice, position, actor, isLoading } = report
  const retry = useRetry(report)
  const isWhole = useSelect(run, ({ line }) => line === 'over')
  const show = () => {
    inspection.trigger.seekPosition({ position })
    if (actor) view.trigger.choose({ actor })
  }
  return (
    <section className="failure" aria-label="Why the run failed" role={isWhole ? undefined : 'alert'}>
      <Icon name="warn" />
      <div className="failure-text">
        <h2>{headOf(report)}</h2>
        <p className="failure-message" dir="auto">
          {message}
        </p>
        {advice && (
          <p>
            <strong>What helps:</strong> {advice}
          </p>
        )}
        {(doing || turn) && (
          <p className="quiet">
            {[
              turn && `turn ${turn}`,
              who && doing && `${who} was ${doing}`,
              call && call > 1
                ? `its call number ${call} of this kind`
                : call && 'its first call of this kind'
            ]
              .filter(Boolean)
              .join(' · ')}
          </p>
        )}
      </div>
      <div className="failure-buttons">
        {position !== null && !isLoading && (
          <Button icon="time" onPress={show}>
            Show the moment
          </Button>
        )}
        {retry && (
          <Button icon={retry.icon} kind="main" onPress={retry.run}>
            {retry.name}
          </Button>
        )}
      </div>
    </section>
  )
}

function headOf({ who, doing, isLoading }: FailureReport): string {
  if (isLoading) return 'The team could not be loaded'
  if (who === null) return 'The run has failed'
  return doing ? `${who} failed while ${doing}` : `${who} failed`
}

/** What is wrong with the line to the server. */
const Line = () => {
  const { run } = useSession()
  const { line, retryAt } = useSelect(run, ({ line, retryAt }) => ({ line, retryAt }), isSameFields)
  const now = useNow()
  if (line === 'offline') {
    const wait = retryAt === null || retryAt <= now ? 'now' : `in ${span(retryAt - now)}`
    return (
      <p className="notice" role="status">
        Offline. What you see may be old; trying again {wait}.
      </p>
    )
  }
  if (line === 'refused') return <p className="notice bad">This run belongs to another user.</p>
  return null
}

const Stuck = () => {
  const { inspection } = useSession()
  const isStuck = useSelect(inspection, ({ phase }) => phase === 'stuck')
  return isStuck ? (
    <p className="notice">
      This run was made by another version: its talk is whole, its charts cannot be played again.
    </p>
  ) : null
}

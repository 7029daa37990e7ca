import { useEffect, useRef, useState } from 'react'
import { Form } from 'react-aria-components/Form'
import { Label, TextArea, TextField } from 'react-aria-components/TextField'
import type { PendingInput } from '../api/types.ts'
import { span } from '../model/format.ts'
import { useNow } from '../state/clock.ts'
import { drafts } from '../state/drafts.ts'
import { useSession } from '../state/session.ts'
import { tellError } from '../state/toasts.ts'
import { Button } from '../ui/button.tsx'
import { Avatar } from '../ui/people.tsx'
import { pretty } from './model-call.tsx'

/** A question that was answered elsewhere while a person wrote an answer to it here. */
interface Lost {
  question: PendingInput
  text: string
}

/** The form in which a person answers a question. */
export const Answers = ({ pending }: { pending: readonly PendingInput[] }) => {
  const { id } = useSession()
  const { lost, forget } = useLost(id, pending)
  if (pending.length === 0 && lost.length === 0) return null
  return (
    <section className="answers" aria-label="Questions to you">
      {lost.map((one) => (
        <LostDraft key={one.question.request_id} lost={one} forget={forget} />
      ))}
      {pending.map((question, at) =>
        question.kind === 'approval' ? (
          <Approval key={question.request_id} question={question} />
        ) : (
          <Answer key={question.request_id} question={question} isFirst={at === 0} />
        )
      )}
    </section>
  )
}

const keyOf = (run: number, { request_id }: PendingInput): string => `${run}.${request_id}`

/** The questions that went away while there was a draft of an answer which was not sent. */
function useLost(run: number, pending: readonly PendingInput[]) {
  const before = useRef(pending)
  const [lost, setLost] = useState<readonly Lost[]>([])
  useEffect(() => {
    const gone = before.current.filter(
      (one) => !pending.some(({ request_id }) => request_id === one.request_id)
    )
    before.current = pending
    const drafted = gone
      .map((question) => ({ question, text: drafts.get(keyOf(run, question)) }))
      .filter(({ text }) => text.trim() !== '')
    if (drafted.length > 0) setLost((all) => [...all, ...drafted])
  }, [run, pending])
  const forget = ({ question }: Lost) => {
    drafts.set(keyOf(run, question), '')
    setLost((all) => all.filter((one) => one.question !== question))
  }
  return { lost, forget }
}

const LostDraft = ({ lost, forget }: { lost: Lost; forget(lost: Lost): void }) => (
  <div className="lost-draft" role="status">
    <p>
      <strong>{lost.question.source}</strong> was answered elsewhere. What you had begun to write:
    </p>
    <textarea readOnly value={lost.text} aria-label="Your draft" rows={2} />
    <Button onPress={() => forget(lost)}>Put it away</Button>
  </div>
)

/** Takes an answer on its way; says where that is not possible. */
function useSend(question: PendingInput) {
  const { id, send } = useSession()
  return (frame: object): boolean => {
    const isSent = send({ type: 'input_response', request_id: question.request_id, ...frame })
    if (isSent) drafts.set(keyOf(id, question), '')
    else tellError('There is no line to the server at the moment. What you wrote is kept: send it again.')
    return isSent
  }
}

/** The draft of an answer, kept until it is sent. */
function useDraft(question: PendingInput): [text: string, set: (text: string) => void] {
  const { id } = useSession()
  const key = keyOf(id, question)
  const [text, setText] = useState(() => drafts.get(key))
  return [
    text,
    (next) => {
      setText(next)
      drafts.set(key, next)
    }
  ]
}

/** The first question has the focus, unless something else is being written. */
const mayTakeFocus = (): boolean => {
  const { activeElement } = document
  return !activeElement || !/^(input|textarea|select)$/i.test(activeElement.tagName)
}

const Answer = ({ question, isFirst }: { question: PendingInput; isFirst: boolean }) => {
  const send = useSend(question)
  const [text, setText] = useDraft(question)
  const { source, prompt, deadline } = question
  const isEmpty = text.trim() === ''
  const submit = () => {
    if (!isEmpty) send({ response: text })
  }
  const [takesFocus] = useState(() => isFirst && mayTakeFocus())
  return (
    <Form
      className="answer"
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <Avatar name={source} />
      <TextField value={text} onChange={setText} autoFocus={takesFocus} className="field">
        <Label>
          <strong>{source}</strong> asks: <span dir="auto">{prompt.trim() || 'for your answer'}</span>{' '}
          <Deadline deadline={deadline} />
          <span className="answer-hint" aria-hidden="true">
            Enter sends · Shift + Enter: new line
          </span>
        </Label>
        <TextArea
          placeholder="Your answer"
          dir="auto"
          rows={Math.min(8, Math.max(1, text.split('\n').length))}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
            event.preventDefault()
            submit()
          }}
        />
      </TextField>
      <div className="answer-buttons">
        <Button kind="main" type="submit" isDisabled={isEmpty}>
          Answer
        </Button>
        {isEmpty && (
          <Button kind="quiet" onPress={() => send({ response: '' })}>
            Send nothing
          </Button>
        )}
      </div>
    </Form>
  )
}

/** Where a person approves or rejects a tool call. Nothing in it takes the focus: a key in passing would approve. */
const Approval = ({ question }: { question: PendingInput }) => {
  const send = useSend(question)
  const [reason, setReason] = useDraft(question)
  const { source, prompt, deadline, call } = question
  return (
    <Form className="answer approval" onSubmit={(event) => event.preventDefault()}>
      <Avatar name={source} />
      <div className="field">
        <p>
          <strong>{source}</strong> wants to call <code>{call?.name ?? 'a tool'}</code>.{' '}
          <span dir="auto">{prompt.trim()}</span> <Deadline deadline={deadline} />
        </p>
        {call && <pre>{pretty(call.arguments)}</pre>}
        <TextField value={reason} onChange={setReason} className="field">
          <Label className="hidden">Why not</Label>
          <TextArea placeholder="If not: why? The agent reads it." dir="auto" rows={1} />
        </TextField>
      </div>
      <div className="answer-buttons">
        <Button kind="main" icon="check" onPress={() => send({ approved: true, response: 'approve' })}>
          Approve
        </Button>
        <Button kind="danger" icon="close" onPress={() => send({ approved: false, response: reason })}>
          Reject
        </Button>
      </div>
    </Form>
  )
}

const Deadline = ({ deadline }: { deadline: string | null }) => {
  const now = useNow()
  if (deadline === null) return null
  const left = Date.parse(deadline) - now
  return <span className="deadline">{left > 0 ? `${span(left)} left` : 'the time is up'}</span>
}

import { useState } from 'react'
import { Form } from 'react-aria-components/Form'
import { Input, Label, TextField } from 'react-aria-components/TextField'
import type { PendingInput } from '../api/types.ts'
import { span } from '../model/describe.ts'
import { useNow } from '../state/clock.ts'
import { useSession } from '../state/session.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Button } from '../ui/button.tsx'

/** Where a person answers whoever asks. */
export const Answers = ({ pending }: { pending: readonly PendingInput[] }) => (
  <section className="answers" aria-label="Questions to you">
    {pending.map((question) => (
      <Answer key={question.request_id} question={question} />
    ))}
  </section>
)

const Answer = ({ question }: { question: PendingInput }) => {
  const { send } = useSession()
  const [text, setText] = useState('')
  const { source, prompt, deadline, request_id } = question
  const submit = (event: React.FormEvent) => {
    event.preventDefault()
    send({ type: 'input_response', response: text, request_id })
  }
  return (
    <Form className="answer" onSubmit={submit}>
      <Avatar name={source} />
      <TextField value={text} onChange={setText} autoFocus className="field">
        <Label>
          <strong>{source}</strong> asks: {prompt.trim() || 'for your answer'}{' '}
          <Deadline deadline={deadline} />
        </Label>
        <Input placeholder="Your answer" />
      </TextField>
      <Button kind="main" type="submit">
        Answer
      </Button>
    </Form>
  )
}

const Deadline = ({ deadline }: { deadline: string | null }) => {
  const now = useNow()
  if (deadline === null) return null
  const left = Date.parse(deadline) - now
  return <span className="deadline">{left > 0 ? `${span(left)} left` : 'the time is up'}</span>
}

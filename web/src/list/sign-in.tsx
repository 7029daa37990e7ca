import { type ReactNode, useCallback, useEffect, useState } from 'react'
import { Form } from 'react-aria-components/Form'
import { Input, Label, TextField } from 'react-aria-components/TextField'
import { Refusal, token } from '../api/http.ts'
import { me } from '../api/runs.ts'
import { Button } from '../ui/button.tsx'

/** Lets through whoever the server knows; asks for a token where it wants one. */
export const SignIn = ({ children }: { children: ReactNode }) => {
  const [state, setState] = useState<'asking' | 'known' | 'unknown' | 'offline'>('asking')
  const [text, setText] = useState('')
  const check = useCallback(() => {
    me().then(
      () => setState('known'),
      (error) => setState(error instanceof Refusal && error.status === 401 ? 'unknown' : 'offline')
    )
  }, [])
  useEffect(check, [check])
  useEffect(() => {
    if (state !== 'offline') return
    const timer = setTimeout(check, 1500)
    return () => clearTimeout(timer)
  })
  if (state === 'known') return children
  if (state === 'offline')
    return <p className="empty page-empty">The server does not answer. Trying again…</p>
  if (state === 'asking') return null
  const submit = (event: React.FormEvent) => {
    event.preventDefault()
    token.set(text.trim())
    check()
  }
  return (
    <main className="sign-in">
      <h1>Who are you?</h1>
      <p>This server asks for a token.</p>
      <Form onSubmit={submit}>
        <TextField value={text} onChange={setText} type="password" autoFocus>
          <Label>Token</Label>
          <Input />
        </TextField>
        <Button kind="main" type="submit">
          Go on
        </Button>
      </Form>
    </main>
  )
}

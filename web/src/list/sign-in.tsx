import { type ReactNode, useEffect, useState } from 'react'
import { Form } from 'react-aria-components/Form'
import { Input, Label, TextField } from 'react-aria-components/TextField'
import { logIn } from '../api/account.ts'
import { token } from '../api/http.ts'
import { account, check } from '../state/account.ts'
import { useSelect } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { TopBar } from '../ui/top-bar.tsx'

/** How long it is waited before a server that does not answer is asked again, in milliseconds. */
const PATIENCE = 1500

/** Shows its children to a user whom the server knows; to others a login, or a field for a token. */
export const SignIn = ({ children }: { children: ReactNode }) => {
  const { phase, ways, problem } = useSelect(account, (context) => context)
  useEffect(() => void check(), [])
  useEffect(() => {
    if (phase !== 'offline') return
    const timer = setInterval(() => void check(), PATIENCE)
    return () => clearInterval(timer)
  }, [phase])
  if (phase === 'known') return children
  if (phase === 'asking') return <TopBar />
  if (phase === 'offline')
    return (
      <>
        <TopBar />
        <p className="empty page-empty">The server does not answer. Trying again…</p>
      </>
    )
  return (
    <>
      <TopBar />
      <SignInForm ways={ways} problem={problem} />
    </>
  )
}

interface SignInFormProps {
  ways: { type: string; hasLogin: boolean } | null
  problem: string | null
}

const SignInForm = ({ ways, problem }: SignInFormProps) => (
  <main className="sign-in">
    <h1>Who are you?</h1>
    <p>This server shows each person their own runs.</p>
    {problem && (
      <p className="problem" role="alert">
        {problem}
      </p>
    )}
    {ways?.hasLogin && <Login name={ways.type === 'github' ? 'Log in with GitHub' : 'Log in'} />}
    <TokenForm isFirst={!ways?.hasLogin} />
  </main>
)

const Login = ({ name }: { name: string }) => {
  const [waits, setWaits] = useState(false)
  const begin = async () => {
    setWaits(true)
    account.trigger.failed({ problem: null })
    try {
      if (await logIn()) await check()
    } catch (error) {
      account.trigger.failed({ problem: (error as Error).message })
    }
    setWaits(false)
  }
  return (
    <>
      <Button kind="main" isDisabled={waits} onPress={begin}>
        {waits ? 'Go on in the other window…' : name}
      </Button>
      <p className="or">or</p>
    </>
  )
}

const TokenForm = ({ isFirst }: { isFirst: boolean }) => {
  const [text, setText] = useState('')
  const submit = (event: React.FormEvent) => {
    event.preventDefault()
    token.set(text.trim())
    void check()
  }
  return (
    <Form onSubmit={submit}>
      <TextField value={text} onChange={setText} type="password" autoFocus={isFirst} isRequired>
        <Label>Token</Label>
        <Input />
      </TextField>
      <Button kind={isFirst ? 'main' : 'plain'} type="submit">
        Go on
      </Button>
    </Form>
  )
}

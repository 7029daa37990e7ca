import { createStore } from '@xstate/store'
import { type User, waysIn, whoAmI } from '../api/account.ts'
import { onUnknown, Refusal, token } from '../api/http.ts'

interface AccountContext {
  /** Whether the server knows us. */
  phase: 'asking' | 'known' | 'unknown' | 'offline'
  user: User | null
  /** How we can prove who we are; null until that was asked. */
  ways: { type: string; hasLogin: boolean } | null
  problem: string | null
}

/** Who looks at the page. */
export const account = createStore({
  context: { phase: 'asking', user: null, ways: null, problem: null } as AccountContext,
  on: {
    known: (context, { user }: { user: User }) => ({
      ...context,
      phase: 'known' as const,
      user,
      problem: null
    }),
    unknown: (context, { ways, problem }: Pick<AccountContext, 'ways' | 'problem'>) => ({
      ...context,
      ...{ phase: 'unknown' as const, user: null, ways, problem }
    }),
    offline: (context) => ({ ...context, phase: 'offline' as const }),
    failed: (context, { problem }: { problem: string | null }) => ({ ...context, problem })
  }
})

/** Asks the server who we are. */
export async function check(): Promise<void> {
  try {
    account.trigger.known({ user: await whoAmI() })
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 401) account.trigger.offline()
  }
}

/** A token that was taken once may be over: after a 401 of any request the page asks for another one. */
onUnknown(async () => {
  const problem = token.get() ? 'The server does not take this token, or not any more.' : null
  token.forget()
  try {
    account.trigger.unknown({ ways: await waysIn(), problem })
  } catch {
    account.trigger.offline()
  }
})

import { ask, onUnknown, Refusal, token } from './http.ts'

/** Who asks, as the server knows them. `provider` is `none` where everybody is the same guest. */
export interface User {
  id: string
  name: string
  provider: string
}

let known: Promise<User> | null = null
onUnknown(() => {
  known = null
})

/** Who we are; asked once. */
export function whoAmI(): Promise<User> {
  known ??= ask<User>('/auth/me')
  known.catch(() => {
    known = null
  })
  return known
}

/** How people prove who they are: `github`, `jwt` or `none`, and whether there is a page where they log in. */
export async function waysIn(): Promise<{ type: string; hasLogin: boolean }> {
  const { type } = await ask<{ type: string }>('/auth/type')
  const login = type === 'github' || loginUrl().then(Boolean)
  return { type, hasLogin: await login }
}

/** Where people log in; null where tokens are made elsewhere. */
async function loginUrl(): Promise<string | null> {
  try {
    return (await ask<{ login_url: string }>('/auth/login-url')).login_url
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) return null
    throw error
  }
}

/** How often it is looked whether the window of a login is still there, in milliseconds. */
const ROUND = 300

/**
 * Opens the page of a login in a window of its own and keeps the token that comes back. To be called where a person
 * has pressed something: else browsers open no window. False where the window was closed before.
 */
export async function logIn(): Promise<boolean> {
  const popup = open('about:blank', 'troupe-login', 'popup,width=520,height=720')
  if (!popup)
    throw new Error('The browser did not open a window. Allow this page to open one, and try again.')
  try {
    const url = await loginUrl()
    if (url === null) throw new Error('This server has no login.')
    popup.location.href = url
    const given = await answerOf(popup)
    if (given !== null) token.set(given)
    return given !== null
  } finally {
    popup.close()
  }
}

/** What the last page of the login tells: a token, or null where the window was closed. */
function answerOf(popup: Window): Promise<string | null> {
  const { promise, resolve, reject } = Promise.withResolvers<string | null>()
  const hear = ({ origin, source, data }: MessageEvent) => {
    if (origin !== location.origin || source !== popup) return
    if (data?.type === 'auth-success') resolve(String(data.token))
    else if (data?.type === 'auth-error') reject(new Error(`The login failed: ${data.error}`))
  }
  addEventListener('message', hear)
  const timer = setInterval(() => popup.closed && resolve(null), ROUND)
  return promise.finally(() => {
    removeEventListener('message', hear)
    clearInterval(timer)
  })
}

/** Forgets who we are, and all that the page knew with it. */
export function logOut(): void {
  token.forget()
  location.reload()
}

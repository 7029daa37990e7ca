import { Window } from 'happy-dom'
import { createElement, type FunctionComponent, StrictMode } from 'react'
import { flushSync } from 'react-dom'
import { createRoot } from 'react-dom/client'
import { onTestFinished } from 'vitest'

/** The last value that a hook gave, in a page of the test's own. */
export interface Shown<Value> {
  readonly now: Value
  /** Waits until the value is as a test wants it. */
  until(is: (value: Value) => boolean): Promise<Value>
  leave(): Promise<void>
}

/** Uses a hook in a component, in strict mode: effects are made, ended and made again. */
export async function show<Value>(hook: () => Value): Promise<Shown<Value>> {
  const window = new Window()
  Object.assign(globalThis, { window, document: window.document })
  let now!: Value
  let changed = Promise.withResolvers<void>()
  const Page: FunctionComponent = () => {
    now = hook()
    changed.resolve()
    changed = Promise.withResolvers()
    return null
  }
  const root = createRoot(window.document.body as unknown as Element)
  const first = changed.promise
  root.render(createElement(StrictMode, null, createElement(Page)))
  await first
  let isThere = true
  const leave = async () => {
    if (isThere) flushSync(() => root.unmount())
    isThere = false
    await window.happyDOM.close()
  }
  onTestFinished(leave)
  return {
    get now() {
      return now
    },
    async until(is) {
      while (!is(now)) await changed.promise
      return now
    },
    leave
  }
}

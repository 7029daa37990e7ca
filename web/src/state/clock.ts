import { createStore } from '@xstate/store'
import { useSelect } from './use.ts'

const clock = createStore({
  context: { now: Date.now() },
  on: { tick: () => ({ now: Date.now() }) }
})

setInterval(() => {
  if (!document.hidden) clock.trigger.tick()
}, 1000)

/** The time in milliseconds since 1970, once per second. */
export const useNow = (): number => useSelect(clock, ({ now }) => now)

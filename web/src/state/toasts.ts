import { createStore } from '@xstate/store'

/** Something that is said once, and how to go on from it. */
export interface Toast {
  id: number
  tone: 'failed' | 'done' | 'idle'
  text: string
  /** What can be done about it. */
  action?: { name: string; run(): void }
}

let count = 0

/** What was said lately. Errors stay until they are put away, the rest goes by itself. */
export const toasts = createStore({
  context: { all: [] as readonly Toast[] },
  on: {
    add: ({ all }, { toast }: { toast: Omit<Toast, 'id'> }) => {
      // The same is not said twice at once.
      const others = all.filter(({ text }) => text !== toast.text)
      return { all: [...others, { ...toast, id: ++count }].slice(-4) }
    },
    drop: ({ all }, { id }: { id: number }) => ({ all: all.filter((one) => one.id !== id) })
  }
})

/** Says that something went wrong, and offers a way out. */
export const tellError = (text: string, action?: Toast['action']): void =>
  toasts.trigger.add({ toast: { tone: 'failed', text, ...(action && { action }) } })

/** Says that something was done. */
export const tellDone = (text: string, action?: Toast['action']): void =>
  toasts.trigger.add({ toast: { tone: 'done', text, ...(action && { action }) } })

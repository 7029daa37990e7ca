import { createStore } from '@xstate/store'

/** How the page looks: as the system says, unless a person has chosen. */
export type Theme = 'system' | 'light' | 'dark'

const KEY = 'troupe.theme'
const order: Theme[] = ['system', 'light', 'dark']

/** The theme that was chosen, kept for the next visit. */
export const theme = createStore({
  context: { theme: (localStorage.getItem(KEY) ?? 'system') as Theme },
  on: {
    next: ({ theme }) => {
      const next = order[(order.indexOf(theme) + 1) % order.length]!
      if (next === 'system') localStorage.removeItem(KEY)
      else localStorage.setItem(KEY, next)
      if (next === 'system') delete document.documentElement.dataset.theme
      else document.documentElement.dataset.theme = next
      return { theme: next }
    }
  }
})

import { createStore } from '@xstate/store'
import { useEffect } from 'react'
import type { IconName } from '../ui/icon.tsx'

/** Something that can be done, wherever one is on the page. */
export interface Command {
  id: string
  name: string
  section: string
  icon?: IconName
  shortcut?: string
  run(): void
}

/** What can be done at present, by where it comes from; and what is open over the page. */
export const commands = createStore({
  context: {
    sources: {} as Readonly<Record<string, readonly Command[]>>,
    open: null as 'palette' | 'help' | null
  },
  on: {
    offer: (context, { source, all }: { source: string; all: readonly Command[] }) => ({
      ...context,
      sources: { ...context.sources, [source]: all }
    }),
    open: (context, { what }: { what: 'palette' | 'help' | null }) => ({ ...context, open: what })
  }
})

/** Offers commands as long as this is shown. */
export function useCommands(source: string, all: readonly Command[]): void {
  useEffect(() => {
    commands.trigger.offer({ source, all })
    return () => commands.trigger.offer({ source, all: [] })
  }, [source, all])
}

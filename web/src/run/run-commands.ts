import { useMemo } from 'react'
import { everybody } from '../model/members.ts'
import { pathWords } from '../model/paths.ts'
import { isUnderWay } from '../model/words.ts'
import type { Tab } from '../state/address.ts'
import { type Command, useCommands } from '../state/commands.ts'
import { membersIn, usePicture } from '../state/picture.ts'
import { type Session, useSession } from '../state/session.ts'
import { useSelect } from '../state/use.ts'
import type { IconName } from '../ui/icon.tsx'
import { useShortcuts } from '../ui/shortcuts.ts'

const tabs: [tab: Tab, name: string, icon: IconName, key: string][] = [
  ['team', 'Team', 'team', '1'],
  ['timeline', 'Timeline', 'lanes', '2'],
  ['chart', 'Chart', 'chart', '3'],
  ['log', 'Log', 'list', '4']
]

const focusOn = (selector: string) => () => document.querySelector<HTMLElement>(selector)?.focus()

/** What can be done with the run that is open, by keys and in the palette. */
export function useRunCommands(): void {
  const session = useSession()
  const { view } = session
  const status = useSelect(session.run, (context) => context.status)
  const names = usePicture(
    (picture) => everybody(membersIn(picture)).map(({ id }) => id),
    (one, other) => one.join() === other.join()
  )
  const all = useMemo(() => commandsOf(session, status, names), [session, status, names])
  useCommands('run', all)
  useShortcuts({
    ...Object.fromEntries(tabs.map(([tab, , , key]) => [key, () => view.trigger.tab({ tab })])),
    f: () => view.trigger.large({ isLarge: !view.getSnapshot().context.isLarge }),
    a: focusOn('.answers textarea'),
    t: focusOn('[role=log]'),
    p: isUnderWay(status)
      ? () => session.send({ type: status === 'paused' ? 'resume' : 'pause' })
      : undefined,
    Escape: () => {
      if (!view.getSnapshot().context.isLarge) view.trigger.choose({ actor: null, msg: null })
    }
  })
}

function commandsOf(
  session: Session,
  status: Parameters<typeof isUnderWay>[0],
  members: readonly string[]
): Command[] {
  const { view, inspection, send } = session
  const look: Command[] = tabs.map(([tab, name, icon, shortcut]) => ({
    ...{ id: `tab ${tab}`, name: `Show: ${name}`, section: 'This run', icon, shortcut },
    run: () => view.trigger.tab({ tab })
  }))
  const steer: Command[] = isUnderWay(status)
    ? [
        status === 'paused'
          ? {
              id: 'resume',
              name: 'Resume the run',
              section: 'This run',
              icon: 'play',
              run: () => void send({ type: 'resume' })
            }
          : {
              id: 'pause',
              name: 'Pause the run',
              section: 'This run',
              icon: 'pause',
              shortcut: 'P',
              run: () => void send({ type: 'pause' })
            },
        {
          id: 'stop',
          name: 'Stop the run',
          section: 'This run',
          icon: 'stop',
          run: () => void send({ type: 'stop' })
        }
      ]
    : []
  const move: Command[] = [
    {
      id: 'first',
      name: 'Go to the first moment',
      section: 'This run',
      icon: 'back',
      shortcut: 'Home',
      run: () => inspection.trigger.seek({ to: 0 })
    },
    {
      id: 'now',
      name: 'Go to now',
      section: 'This run',
      icon: 'live',
      shortcut: 'End',
      run: () => inspection.trigger.seek({ to: null })
    }
  ]
  const people: Command[] = members.map((actor) => ({
    ...{ id: `member ${actor}`, name: pathWords(actor), section: 'Members', icon: 'person' as const },
    run: () => view.trigger.choose({ actor })
  }))
  return [...steer, ...look, ...move, ...people]
}

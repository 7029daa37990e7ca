import { type KeyboardEvent, type ReactNode, useId, useRef } from 'react'
import { Icon, type IconName } from './icon.tsx'

export interface TabOf<Id extends string> {
  id: Id
  name: string
  icon?: IconName
}

interface TabsProps<Id extends string> {
  /** What the tabs are about, for those who cannot see them. */
  label: string
  tabs: readonly TabOf<NoInfer<Id>>[]
  chosen: Id
  choose(id: NoInfer<Id>): void
  className: string
  panelClass?: string
  /** Whether what is shown scrolls as a whole: then the keyboard has to reach it. */
  scrolls?: boolean
  /** What stands beside the tabs, such as buttons. */
  beside?: ReactNode
  /** What the chosen tab shows. */
  children: ReactNode
}

/**
 * Tabs, and what the chosen one shows. The arrow keys, Home and End move between them. They do not look through what they
 * show: that would be done again with each frame in which a drawing changes.
 */
export function Tabs<Id extends string>({ label, tabs, chosen, choose, beside, ...rest }: TabsProps<Id>) {
  const { className, panelClass, scrolls, children } = rest
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const press = (event: KeyboardEvent) => {
    const to = nextOf(
      event.key,
      tabs.findIndex((tab) => tab.id === chosen),
      tabs.length
    )
    if (to === null || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    event.stopPropagation()
    choose(tabs[to]!.id)
    list.current?.querySelectorAll<HTMLElement>('[role=tab]')[to]?.focus()
  }
  return (
    <div className={className}>
      <div className="tab-row">
        <div className="tabs" role="tablist" aria-label={label} ref={list} onKeyDown={press}>
          {tabs.map((tab) => (
            <button
              key={tab.id}
              type="button"
              role="tab"
              className="tab"
              id={`${id}-${tab.id}`}
              aria-selected={tab.id === chosen}
              aria-controls={tab.id === chosen ? `${id}-panel` : undefined}
              tabIndex={tab.id === chosen ? 0 : -1}
              onClick={() => choose(tab.id)}
            >
              {tab.icon && <Icon name={tab.icon} />}
              {tab.name}
            </button>
          ))}
        </div>
        {beside}
      </div>
      <div
        role="tabpanel"
        className={panelClass ? `tab-panel ${panelClass}` : 'tab-panel'}
        id={`${id}-panel`}
        aria-labelledby={`${id}-${chosen}`}
        tabIndex={scrolls ? 0 : undefined}
        key={chosen}
      >
        {children}
      </div>
    </div>
  )
}

/** Where a key leads from one of so many tabs; null where it is not for tabs. */
function nextOf(key: string, at: number, count: number): number | null {
  if (key === 'ArrowRight') return (at + 1) % count
  if (key === 'ArrowLeft') return (at - 1 + count) % count
  if (key === 'Home') return 0
  return key === 'End' ? count - 1 : null
}

import { useEffect, useRef } from 'react'

/** Keys and what they do: `k`, `?`, `Ctrl+k`; where the command is undefined the key is left alone. */
export type Shortcuts = Readonly<Record<string, (() => void) | undefined>>

/** The fields in which keys write something. */
const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName)) &&
  (target as HTMLInputElement).type !== 'range'

const keyOf = ({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): string =>
  `${altKey ? 'Alt+' : ''}${ctrlKey || metaKey ? 'Ctrl+' : ''}${key.length === 1 ? key.toLowerCase() : key}`

/** Has keys do something while this is shown; not while a text is written, and not behind a dialog. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const kept = useRef(shortcuts)
  kept.current = shortcuts
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const command = kept.current[keyOf(event)]
      if (!command || event.defaultPrevented) return
      // What a key does to the thing that has the focus goes first.
      if (
        /^( |Enter)$/.test(event.key) &&
        (event.target as Element).closest?.('button, a, summary, [role=option]')
      )
        return
      if (
        event.key.startsWith('Arrow') &&
        (event.target as Element).closest?.('[role=tablist], [role=listbox], [role=separator]')
      )
        return
      const isAlways = event.ctrlKey || event.metaKey || event.key === 'Escape'
      if (isWriting(event.target) && !isAlways) return
      if (document.querySelector('[role=dialog], [role=alertdialog], [role=menu]')) return
      event.preventDefault()
      command()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [])
}

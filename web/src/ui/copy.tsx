import { useEffect, useState } from 'react'
import { tellError } from '../state/toasts.ts'
import { Button } from './button.tsx'

/** Puts a text on the clipboard, also where the page was not loaded safely. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text)
  const area = Object.assign(document.createElement('textarea'), { value: text, className: 'hidden' })
  document.body.append(area)
  area.select()
  const isCopied = document.execCommand('copy')
  area.remove()
  if (!isCopied) throw new Error('The browser does not let this page copy.')
}

/** Copies a text, and says so for a while. */
export const CopyButton = ({ text, label = 'Copy' }: { text: string | (() => string); label?: string }) => {
  const [isDone, setDone] = useState(false)
  useEffect(() => {
    if (!isDone) return
    const timer = setTimeout(() => setDone(false), 1500)
    return () => clearTimeout(timer)
  }, [isDone])
  const copy = () =>
    copyText(typeof text === 'string' ? text : text()).then(
      () => setDone(true),
      (error: Error) => tellError(error.message)
    )
  return (
    <Button icon={isDone ? 'check' : 'copy'} kind="quiet" label={isDone ? 'Copied' : label} onPress={copy} />
  )
}

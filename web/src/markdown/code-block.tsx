import { memo, useEffect, useState } from 'react'
import { CopyButton } from '../ui/copy.tsx'

/** Longer texts are not coloured: it would take a while. */
const LONGEST = 40_000

type Highlight = (text: string, language: string) => string | null
let highlight: Highlight | undefined
let loading: Promise<Highlight> | undefined

/** What colours code is loaded when there is code to be coloured. */
const load = (): Promise<Highlight> => {
  loading ??= import('./highlight.ts').then(({ highlighted }) => {
    highlight = highlighted
    return highlighted
  })
  return loading
}

/** Code in its colours, which can be copied. */
export const CodeBlock = memo(({ text, language }: { text: string; language: string }) => {
  const name = language
    .trim()
    .split(/[\s,{]/)[0]!
    .toLowerCase()
  const [, setReady] = useState(highlight !== undefined)
  const isColoured = name !== '' && text.length < LONGEST
  useEffect(() => {
    if (isColoured && !highlight) void load().then(() => setReady(true))
  }, [isColoured])
  const html = isColoured ? (highlight?.(text, name) ?? null) : null
  return (
    <figure className="code" dir="ltr">
      <figcaption>
        <span>{name || 'text'}</span>
        <CopyButton text={text} label="Copy the code" />
      </figcaption>
      <pre tabIndex={0}>
        {html === null ? (
          <code>{text}</code>
        ) : (
          // biome-ignore lint/security/noDangerouslySetInnerHtml: highlight.js escapes the text that it colours
          <code dangerouslySetInnerHTML={{ __html: html }} />
        )}
      </pre>
    </figure>
  )
})

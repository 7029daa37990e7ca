import { useState } from 'react'
import type { Message, Picture } from '../api/types.ts'
import { CodeBlock } from '../markdown/code-block.tsx'
import { Markdown } from '../markdown/markdown.tsx'
import { Dialog } from '../ui/dialog.tsx'

const url = (picture: Picture): string => {
  if ('url' in picture) return picture.url.startsWith('data:image/') ? picture.url : ''
  return `data:image/png;base64,${picture.data}`
}

/** The content of a message: text, pictures, or JSON where the answer has a schema. */
export const Content = ({ message }: { message: Message }) => {
  const { content, source } = message
  if (typeof content === 'string') return <Markdown text={content} />
  if (!Array.isArray(content)) return <CodeBlock text={JSON.stringify(content, null, 2)} language="json" />
  return content.map((part, at) => {
    // The parts of a message never change.
    const key = `${at}`
    if (typeof part === 'string') return <Markdown key={key} text={part} />
    return <Shown key={key} src={url(part)} alt={part.alt ?? `Picture from ${source}`} />
  })
}

/** A picture that fits into the talk, and is shown whole when it is pressed. */
const Shown = ({ src, alt }: { src: string; alt: string }) => {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <button type="button" className="picture-button" onClick={() => setOpen(true)}>
        <img className="picture" src={src} alt={alt} />
      </button>
      <Dialog title={alt} size="wide" isOpen={isOpen} close={() => setOpen(false)}>
        <img className="picture-whole" src={src} alt={alt} />
      </Dialog>
    </>
  )
}

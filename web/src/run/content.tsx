import type { Message, Picture } from '../api/types.ts'
import { Markdown } from './markdown.tsx'

const url = (picture: Picture): string => {
  if ('url' in picture) return picture.url.startsWith('data:image/') ? picture.url : ''
  return `data:image/png;base64,${picture.data}`
}

/** What somebody said: text, pictures, or JSON where the answer has a schema. */
export const Content = ({ message }: { message: Message }) => {
  const { content, source } = message
  if (typeof content === 'string') return <Markdown text={content} />
  if (!Array.isArray(content)) return <pre tabIndex={0}>{JSON.stringify(content, null, 2)}</pre>
  return content.map((part, at) => {
    // The parts of a message never change.
    const key = `${at}`
    if (typeof part === 'string') return <Markdown key={key} text={part} />
    return <img key={key} className="picture" src={url(part)} alt={part.alt ?? `Picture from ${source}`} />
  })
}

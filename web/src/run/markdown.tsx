import DOMPurify from 'dompurify'
import { Marked } from 'marked'
import { memo, useMemo } from 'react'

const marked = new Marked({ gfm: true, breaks: true })

const allowed = {
  // What agents say must not load anything from elsewhere, nor look like a part of the page.
  FORBID_TAGS: [
    'style',
    'form',
    'input',
    'button',
    'textarea',
    'select',
    'iframe',
    'video',
    'audio',
    'svg',
    'math'
  ],
  FORBID_ATTR: ['style', 'class', 'id', 'name', 'srcset']
}

DOMPurify.addHook('afterSanitizeAttributes', (node) => {
  if (node.tagName === 'A') {
    node.setAttribute('target', '_blank')
    node.setAttribute('rel', 'noopener noreferrer nofollow')
  }
  if (node.tagName === 'IMG' && !/^data:image\//.test(node.getAttribute('src') ?? '')) {
    node.replaceWith(document.createTextNode(node.getAttribute('alt') || '[a picture from elsewhere]'))
  }
  if (node.tagName === 'PRE') node.setAttribute('tabindex', '0')
})

/** A text in Markdown. */
export const Markdown = memo(({ text }: { text: string }) => {
  const html = useMemo(() => DOMPurify.sanitize(marked.parse(text) as string, allowed), [text])
  // biome-ignore lint/security/noDangerouslySetInnerHtml: it was sanitized in the line above
  return <div className="markdown" dangerouslySetInnerHTML={{ __html: html }} />
})

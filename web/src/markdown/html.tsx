import DOMPurify from 'dompurify'
import { parser, type Token, type Tokens } from 'marked'
import { useMemo } from 'react'

const allowed = {
  // What agents say must not load anything from elsewhere, nor look like a part of the page.
  FORBID_TAGS: [
    ...['style', 'form', 'input', 'button', 'textarea', 'select', 'iframe', 'video', 'audio', 'svg', 'math'],
    'img'
  ],
  FORBID_ATTR: ['style', 'class', 'id', 'name', 'srcset', 'tabindex']
}

DOMPurify.addHook('afterSanitizeAttributes', (node) => {
  if (node.tagName === 'A') {
    node.setAttribute('target', '_blank')
    node.setAttribute('rel', 'noopener noreferrer nofollow')
  }
  if (node.tagName === 'PRE') node.setAttribute('tabindex', '0')
})

/** Whether HTML stands in a block: its pieces mean something only together. */
export const hasHtml = (token: Tokens.Generic): boolean =>
  token.type === 'html' || (token.tokens?.some(hasHtml) ?? false)

/** A block in which HTML stands, without what could do harm. */
export const Html = ({ token }: { token: Tokens.Generic }) => {
  const html = useMemo(() => DOMPurify.sanitize(parser([token as Token]), allowed), [token])
  // biome-ignore lint/security/noDangerouslySetInnerHtml: it was sanitized in the line above
  return <div dir="auto" dangerouslySetInnerHTML={{ __html: html }} />
}

import type { Sight } from './surfer-page.ts'

/** How many targets outside of the viewport are listed. */
const MOST_HIDDEN = 30

/** The description of a page for the model, before the request. */
export function lookAt(sight: Sight, tools: readonly string[], sees: boolean): string {
  const { description, targets, focus } = sight
  const visible = targets.filter(({ place }) => place === 'visible')
  const hidden = targets.filter(({ place }) => place !== 'visible')
  const parts = [
    `Your ${description}`,
    sees
      ? 'On the screenshot a box with a number is drawn around everything that can be used. By number these are:'
      : 'By number, what can be used in the viewport:',
    visible.map(line).join('\n') || '(nothing)'
  ]
  if (hidden.length > 0) {
    const listed = hidden.slice(0, MOST_HIDDEN).map(line)
    parts.push(
      'Further on in the page there are also:',
      [...listed, ...(hidden.length > MOST_HIDDEN ? ['…'] : [])].join('\n')
    )
  }
  if (focus)
    parts.push(
      `Number ${focus.id}, the ${focus.role}${focus.name ? ` "${focus.name}"` : ''}, has the input focus.`
    )
  parts.push(
    `Do one thing with one of the tools ${tools.join(', ')}, or answer in words if you can. Use what is in the viewport ` +
      'if it helps; scroll, or ask about the whole page, if the rest of it may; go elsewhere if this is the wrong page.',
    'This is what is wanted:'
  )
  return parts.join('\n\n')
}

const line = ({ id, role, name, scrolls }: Sight['targets'][number]): string => {
  const writes = ['textbox', 'searchbox', 'search', 'combobox', 'spinbutton'].includes(role)
  const uses = [
    writes ? 'input_text' : 'click',
    'hover',
    ...(scrolls ? ['scroll_element_up', 'scroll_element_down'] : [])
  ]
  return JSON.stringify({ id: Number(id), name, role, tools: uses })
}

/** What a model is asked that reads a whole page. */
export const readPage = (title: string, question: string | null, text: string): string =>
  `This is the text of the page "${title}", with a screenshot of what is in view. ` +
  (question === null
    ? 'Sum it up in one or two paragraphs.'
    : `Answer from it in one or two paragraphs: ${question}`) +
  `\n\n${text}`

/** The system message of a model that reads a whole page. */
export const reader = 'You read long documents and say what matters in them.'

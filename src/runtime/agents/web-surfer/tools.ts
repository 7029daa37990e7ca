import type { ToolSchema } from '../../models/model.ts'

type Properties = Record<string, { type: string; description: string }>

const reasoning = { type: 'string', description: 'In a few words: what is done, and why.' }

const action = (name: string, description: string, properties: Properties = {}): ToolSchema => ({
  name,
  description,
  parameters: {
    type: 'object',
    properties: { reasoning, ...properties },
    required: ['reasoning', ...Object.keys(properties)]
  }
})

const target = (what: string): Properties => ({
  target_id: { type: 'integer', description: `The number of what is to be ${what}.` }
})

/** What can be done on every page. Names and arguments are those of AutoGen's web surfer. */
export const always: readonly ToolSchema[] = [
  action('visit_url', 'Goes to an address, as typed into the address bar.', {
    url: { type: 'string', description: 'The address.' }
  }),
  action('web_search', 'Searches the web with Bing.', {
    query: { type: 'string', description: 'What is searched for.' }
  }),
  action('history_back', 'Goes back one page in the history of the browser.'),
  action('click', 'Clicks what has a number on the screenshot.', target('clicked')),
  action('input_text', 'Writes into a field and presses Enter.', {
    input_field_id: { type: 'integer', description: 'The number of the field.' },
    text_value: { type: 'string', description: 'What is written.' }
  }),
  action('answer_question', 'Answers a question from the text of the whole page.', {
    question: { type: 'string', description: 'The question.' }
  }),
  action('summarize_page', 'Sums up the whole page.'),
  action('sleep', 'Waits three seconds, for a page that is not all there yet.'),
  action('hover', 'Moves the mouse over what has a number on the screenshot.', target('hovered over'))
]

/** What can be done where there is more of the page above. */
export const scrollUp = action('scroll_up', 'Scrolls the page up by nearly one screen.')
/** What can be done where there is more of the page below. */
export const scrollDown = action('scroll_down', 'Scrolls the page down by nearly one screen.')
/** What can be done where an element of the page scrolls by itself. */
export const scrollElement: readonly ToolSchema[] = [
  action('scroll_element_up', 'Scrolls a part of the page up.', target('scrolled')),
  action('scroll_element_down', 'Scrolls a part of the page down.', target('scrolled'))
]

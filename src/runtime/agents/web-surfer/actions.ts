import { setTimeout as sleep } from 'node:timers/promises'
import type { FunctionCall } from '../../../machines/messages/index.ts'
import type { SurferPage, Target } from './surfer-page.ts'

type Args = Record<string, unknown>

/** What is done on a page, and how the agent tells of it. */
interface Action {
  told(args: Args, name: string | undefined): string
  run(page: SurferPage, args: Args, signal: AbortSignal): Promise<void>
}

const BING = 'https://www.bing.com/search?FORM=QBLH&q='
const search = (text: string) => BING + encodeURIComponent(text).replaceAll('%20', '+')
/** Milliseconds. */
const NAP = 3000

const text = (value: unknown) => (value === undefined || value === null ? '' : String(value))

const onTarget = (done: string, run: (page: SurferPage, id: string) => Promise<void>): Action => ({
  told: (_, name) => `I ${done.replace('%', name ? `'${name}'` : 'the control')}.`,
  run: (page, { target_id }) => run(page, text(target_id))
})

const actions: Record<string, Action> = {
  visit_url: {
    told: ({ url }) => `I typed '${text(url)}' into the browser address bar.`,
    run: (page, { url }) => page.visit(addressOf(text(url)))
  },
  web_search: {
    told: ({ query }) => `I typed '${text(query)}' into the browser search bar.`,
    run: (page, { query }) => page.visit(search(text(query)))
  },
  history_back: { told: () => 'I clicked the browser back button.', run: (page) => page.back() },
  scroll_up: { told: () => 'I scrolled up one page in the browser.', run: (page) => page.scroll('up') },
  scroll_down: { told: () => 'I scrolled down one page in the browser.', run: (page) => page.scroll('down') },
  click: onTarget('clicked %', (page, id) => page.click(id)),
  hover: onTarget('hovered over %', (page, id) => page.hover(id)),
  scroll_element_up: onTarget('scrolled % up', (page, id) => page.scrollTarget(id, 'up')),
  scroll_element_down: onTarget('scrolled % down', (page, id) => page.scrollTarget(id, 'down')),
  input_text: {
    told: ({ text_value }, name) =>
      name ? `I typed '${text(text_value)}' into '${name}'.` : `I input '${text(text_value)}'.`,
    run: (page, { input_field_id, text_value }) => page.write(text(input_field_id), text(text_value))
  },
  sleep: {
    told: () => 'I am waiting a short period of time before taking further action.',
    run: (_page, _args, signal) => sleep(NAP, undefined, { signal }).catch(() => signal.throwIfAborted())
  }
}

/** Actions that only read the page; a model answers them. */
export const readings: Readonly<Record<string, (args: Args) => string | null>> = {
  answer_question: ({ question }) => text(question),
  summarize_page: () => null
}

/** Does what a model has called for; gives the sentence that tells of it. Throws where there is no such action. */
export async function act(
  page: SurferPage,
  { name, args, targets }: { name: string; args: Args; targets: readonly Target[] },
  signal: AbortSignal
): Promise<string> {
  const action = Object.hasOwn(actions, name) ? actions[name]! : undefined
  if (!action)
    throw new Error(
      `Unknown tool '${name}'. There are: ${Object.keys({ ...actions, ...readings }).join(', ')}.`
    )
  const id = text(args.target_id ?? args.input_field_id)
  await action.run(page, args, signal)
  return action.told(args, targets.find((target) => target.id === id)?.name)
}

/** The arguments of a call. Throws where they are no JSON object. */
export function argumentsIn({ name, arguments: written }: FunctionCall): Args {
  const value: unknown = written.trim() === '' ? {} : JSON.parse(written)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Args
  throw new Error(`The arguments of ${name} are not a JSON object.`)
}

function addressOf(written: string): string {
  if (/^(https?:\/\/|file:\/\/|about:)/i.test(written)) return written
  return written.includes(' ') ? search(written) : `https://${written}`
}

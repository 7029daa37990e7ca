/** An event as a person would say it. */
export function eventWords(event: string): string {
  const child = /^xstate\.(done|error)\.actor\.(.+)$/.exec(event)
  if (child) return `${child[2]} ${child[1] === 'done' ? 'is done' : 'breaks'}`
  if (event === 'xstate.init') return 'begins'
  if (event === 'xstate.stop') return 'is stopped'
  return event
}

/** How a transition is labelled: `said [last]`. */
export function label(event: string, guard: unknown): string {
  const condition = guard === undefined ? '' : `[${guardWords(guard)}]`
  return [eventWords(event), condition].filter(Boolean).join(' ')
}

function guardWords(guard: unknown): string {
  if (typeof guard === 'string') return guard
  const { type, params } = guard as { type?: string; params?: unknown }
  return params === undefined ? String(type) : `${type} ${params}`
}

// Close to what a browser measures for a sans-serif face; boxes have some room to spare.
const NARROW = /[ijl.,:;|!'()[\] ftr]/

/** About how wide a text is, in pixels. */
export const textWidth = (text: string, size: number): number =>
  [...text].reduce((width, letter) => width + (NARROW.test(letter) ? 0.36 : 0.6) * size, 0)

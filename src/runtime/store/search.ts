/** What `like` takes to find a text as a part of another one, letter by letter; its escape character is a backslash. */
export const likePattern = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`

/** The id of a run that is looked for by a text such as `12` or `#12`; no run has the id 0. */
export const idIn = (text: string): number =>
  /^\s*#?\d{1,15}\s*$/.test(text) ? Number(text.replace('#', '')) : 0

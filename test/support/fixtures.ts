import { readdirSync, readFileSync } from 'node:fs'

/** A file of the recordings as a URL. */
export const fixture = (path: string): URL => new URL(`../fixtures/${path}`, import.meta.url)

/** All recordings of a folder, but for its index. */
export const recordings = <Recording>(folder: string): Recording[] =>
  readdirSync(fixture(folder))
    .filter((name) => name.endsWith('.json') && name !== 'index.json')
    .map((name) => JSON.parse(readFileSync(fixture(`${folder}/${name}`), 'utf8')))

/** Whether a recording is played: by its name or the beginning of it, before a hyphen, unless it is put off. An
 * environment variable with a list of such names goes before both. */
export function chooser(
  variable: string,
  ready: readonly string[],
  putOff: readonly string[] = []
): (name: string) => boolean {
  const asked = process.env[variable]?.split(',')
  const within = (list: readonly string[], name: string): boolean =>
    list.some((item) => name === item || name.startsWith(`${item}-`))
  return (name) => (asked ? within(asked, name) : within(ready, name) && !putOff.includes(name))
}

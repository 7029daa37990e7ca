import { readdirSync, readFileSync } from 'node:fs'

/** A file of the recordings as a URL. */
export const fixture = (path: string): URL => new URL(`../fixtures/${path}`, import.meta.url)

/** All recordings of a folder, but for its index. */
export const recordings = <Recording>(folder: string): Recording[] =>
  readdirSync(fixture(folder))
    .filter((name) => name.endsWith('.json') && name !== 'index.json')
    .map((name) => JSON.parse(readFileSync(fixture(`${folder}/${name}`), 'utf8')))

/** Whether a recording is played: all are, unless an environment variable lists names or their beginnings. */
export function chooser(variable: string): (name: string) => boolean {
  const asked = process.env[variable]?.split(',')
  return (name) => !asked || asked.some((item) => name === item || name.startsWith(`${item}-`))
}

import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Names under which systems have a Chromium. */
const names = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge'
]
const places = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium'
]

/** The Chromium of this system; undefined where there is none. */
export function findBrowser(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean)
  const candidates = names.flatMap((name) => folders.map((folder) => join(folder, name)))
  return [...candidates, ...places].find((path) => existsSync(path))
}

/** The error where there is no browser. */
export const noBrowser =
  'A MultimodalWebSurfer needs a Chromium, and none was found: install one (apt-get install chromium), or name it with ' +
  '--browser.'

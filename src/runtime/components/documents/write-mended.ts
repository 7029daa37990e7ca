import { existsSync } from 'node:fs'
import { copyFile, readFile, rename, writeFile } from 'node:fs/promises'

/** Writes a mended document over its file, in the format it had; gives the name of the copy of what was there. */
export async function writeMended(file: string, value: unknown): Promise<string> {
  const before = await readFile(file, 'utf8')
  let copy = `${file}.orig`
  for (let n = 2; existsSync(copy); n++) copy = `${file}.orig${n}`
  await copyFile(file, copy)
  const isJson = /^\s*[{[]/.test(before)
  const text = isJson ? `${JSON.stringify(value, null, 2)}\n` : (await import('yaml')).stringify(value)
  await writeFile(`${file}.new`, text)
  await rename(`${file}.new`, file)
  return copy
}

import { randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'

/**
 * Writes a file that a tool has made into the output folder; a name or folder that a model chose may not lead out of
 * it. A file that is there already stays: the new one gets a folder of its own. Gives its path.
 */
export async function writeOutput(output: string, name: string, data: Uint8Array): Promise<string> {
  const inside = (path: string) => {
    const way = relative(output, path)
    return way !== '' && !way.startsWith('..') && !isAbsolute(way)
  }
  const path = resolve(output, name)
  if (!inside(path)) throw new Error(`"${name}" lies outside of the folder in which tools leave files.`)
  try {
    return await write(path, data)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return write(join(dirname(path), randomUUID(), path.slice(dirname(path).length + 1)), data)
  }
}

async function write(path: string, data: Uint8Array): Promise<string> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, data, { flag: 'wx' })
  return path
}

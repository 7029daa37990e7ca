import { readFileSync } from 'node:fs'
import type { ComponentModel } from '../machines/component/component.ts'
import { whatIs } from '../runtime/components/documents/describe.ts'
import { readDocument } from '../runtime/components/documents/read-document.ts'

/** Reads a JSON file; the error names the file and the place. */
export function readJson(file: string): unknown {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new Error(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? error}`)
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(`${file} is not JSON: ${(error as Error).message}`)
  }
}

/** Reads the component in a file, of whatever age; the error says what the file is instead, and what to do with it. */
export async function readComponent(file: string): Promise<ComponentModel> {
  const document = await readDocument(file)
  if (document.kind === 'component') return document.component
  throw new Error(`${file} is ${whatIs(document)}`)
}

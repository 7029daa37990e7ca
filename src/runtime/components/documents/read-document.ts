import { readFileSync } from 'node:fs'
import { type Document, recognize } from './recognize.ts'

/** Bytes of a file. */
const LONGEST = 64 * 2 ** 20

/** Reads a file and says what it is: JSON, YAML, or something that is neither. Throws where it cannot be read. */
export async function readDocument(file: string): Promise<Document> {
  const bytes = bytesOf(file)
  if (bytes.subarray(0, 15).toString('latin1') === 'SQLite format 3') return database
  if (bytes.subarray(0, 2).toString('latin1') === 'PK') return archive
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '')
  if (text.trim() === '') return { kind: 'other', what: 'empty', advice: 'a component is a JSON object' }
  return isPython(file, text) ? python : recognize(await readText(file, text))
}

/** Reads a file as JSON, or as YAML. Throws with the file and the place where it is neither. */
export async function readValue(file: string): Promise<unknown> {
  return readText(
    file,
    bytesOf(file)
      .toString('utf8')
      .replace(/^\uFEFF/, '')
  )
}

const database: Document = {
  kind: 'other',
  what: 'a SQLite database',
  advice: 'if it is one of AutoGen Studio, `troupe import` takes what it holds'
}
const archive: Document = {
  kind: 'other',
  what: 'an archive (zip)',
  advice: 'unpack it, and name the files in it'
}
const python: Document = {
  kind: 'other',
  what: 'Python source',
  advice:
    'run it with AutoGen and keep what `print(team.dump_component().model_dump_json())` writes: that is the team as a file'
}

function bytesOf(file: string): Buffer {
  try {
    const bytes = readFileSync(file)
    if (bytes.length <= LONGEST) return bytes
  } catch (error) {
    throw new Error(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? error}`)
  }
  throw new Error(`${file} cannot be read: it is longer than ${LONGEST} bytes.`)
}

const isPython = (file: string, text: string): boolean =>
  file.endsWith('.py') ||
  (/^(#!.*python|from [\w.]+ import |import \w+\s*$|(async )?def \w+\(|class \w+[(:])/m.test(
    text.slice(0, 2000)
  ) &&
    !/^\s*[{[]/.test(text))

async function readText(file: string, text: string): Promise<unknown> {
  let problem: Error
  try {
    return JSON.parse(text)
  } catch (error) {
    problem = error as Error
  }
  // What begins like JSON is meant as such: what YAML says of it would not help.
  const isYaml = /\.ya?ml$/i.test(file) || !/^\s*([{["]|\/[/*])/.test(text)
  if (!isYaml) throw new Error(`${file} is not JSON: ${problem.message}${hintOn(text)}`)
  const { parseDocument } = await import('yaml')
  const document = parseDocument(text, { prettyErrors: true })
  const [error] = document.errors
  if (error) throw new Error(`${file} is not YAML: ${error.message.split('\n')[0]}`)
  const value: unknown = document.toJS({ maxAliasCount: 100 })
  if (value === null) throw new Error(`${file} is empty: all of its lines are comments.`)
  if (typeof value !== 'string') return value
  throw new Error(`${file} is neither JSON nor YAML, but plain text: a component is one JSON object.`)
}

/** What a text that begins like JSON may be instead. */
const hintOn = (text: string): string =>
  /^\s*\/[/*]/.test(text) ? ' (JSON has no comments: take them out)' : pythonOrLines(text)

const pythonOrLines = (text: string): string =>
  /^\s*[{[]\s*'/.test(text) || /:\s*(None|True|False)\b/.test(text)
    ? ' (it is a Python value as `print` shows it: write it with `json.dumps`)'
    : linesOfJson(text)

function linesOfJson(text: string): string {
  try {
    const lines = text.trim().split('\n')
    if (lines.length > 1) for (const line of lines.slice(0, 5)) JSON.parse(line)
    else return ''
    return ' (it holds a JSON value on each line: a component is one JSON object)'
  } catch {
    return ''
  }
}

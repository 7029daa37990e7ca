import type { ChatMessage, MultiModalMessage, TextMessage } from '../machines/message.ts'
import type { Clock } from '../runtime/clock.ts'
import { complete } from '../runtime/complete.ts'
import { TaskFile } from './protocol.ts'

/** A file that could not be taken, and why. */
export interface FileProblem {
  file: string
  warning: string
}

/** Turns the files of a task into messages; one that cannot be read is told of, and the others go on. */
export function readFiles(
  files: readonly unknown[],
  clock: Clock
): { messages: ChatMessage[]; problems: FileProblem[] } {
  const messages: ChatMessage[] = []
  const problems: FileProblem[] = []
  files.forEach((value, i) => {
    const parsed = TaskFile.safeParse(value)
    const file = parsed.data?.name ?? `file ${i + 1}`
    const message = parsed.success ? readFile(parsed.data, clock) : 'it needs name, content and type as texts'
    if (typeof message === 'string') problems.push({ file, warning: `${file} was left out: ${message}.` })
    else messages.push(message)
  })
  return { messages, problems }
}

function readFile({ name, content, type }: TaskFile, clock: Clock): ChatMessage | string {
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(content)) return 'its content is not base64'
  if (type.startsWith('image/')) {
    const metadata = { filename: name }
    return complete<MultiModalMessage>(
      { type: 'MultiModalMessage', source: 'user', metadata, content: [{ data: content }] },
      clock
    )
  }
  const metadata: Record<string, string> =
    type === 'text/plain' ? { filename: name } : { filename: name, filetype: type }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(content, 'base64'))
    return complete<TextMessage>({ type: 'TextMessage', source: 'user', metadata, content: text }, clock)
  } catch {
    return 'it is neither a picture nor text in UTF-8'
  }
}

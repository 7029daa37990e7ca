import type { ChatMessage, MultiModalMessage, TextMessage } from '../../machines/messages/index.ts'
import { TaskFile } from '../../protocol/client-frames.ts'
import type { Clock } from '../../runtime/shared/clock.ts'
import { createMessage } from '../../runtime/shared/create-message.ts'

/** A file that could not be taken, and why. */
export interface FileProblem {
  file: string
  warning: string
}

/** Turns the files of a task into messages; one that cannot be read becomes a warning, and the others go on. */
export function readFiles(
  files: readonly unknown[],
  clock: Clock
): { messages: ChatMessage[]; problems: FileProblem[] } {
  const messages: ChatMessage[] = []
  const problems: FileProblem[] = []
  files.forEach((value, i) => {
    const parsed = TaskFile.safeParse(value)
    const file = parsed.data?.name ?? `file ${i + 1}`
    const message = parsed.success ? readFile(parsed.data, clock) : 'it needs content and type as texts'
    if (typeof message === 'string') problems.push({ file, warning: `${file} was left out: ${message}.` })
    else messages.push(message)
  })
  return { messages, problems }
}

/** How pictures begin: PNG, JPEG, GIF, WebP, BMP, TIFF, AVIF, SVG. */
const pictures = /^(\x89PNG|\xff\xd8\xff|GIF8|RIFF.{4}WEBP|BM|II\*\0|MM\0\*|.{4}ftypavif|\s*<(\?xml|!|svg))/s

function readFile({ name, content, type }: TaskFile, clock: Clock): ChatMessage | string {
  const isPicture = type.startsWith('image/')
  // These names are those of AutoGen Studio.
  const filename =
    name ?? (isPicture ? 'unknown.img' : type.startsWith('text/') ? 'unknown.txt' : 'unknown.file')
  if (!/^[A-Za-z0-9+/\s]*={0,2}$/.test(content.trimEnd())) return 'its content is not base64'
  if (isPicture) {
    if (!pictures.test(Buffer.from(content, 'base64').subarray(0, 256).toString('latin1')))
      return 'it is no picture of a known kind'
    const metadata = { filename }
    return createMessage<MultiModalMessage>(
      { type: 'MultiModalMessage', source: 'user', metadata, content: [{ data: content }] },
      clock
    )
  }
  const metadata: Record<string, string> = type.startsWith('text/')
    ? { filename }
    : { filename, filetype: type }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(content, 'base64'))
    return createMessage<TextMessage>({ type: 'TextMessage', source: 'user', metadata, content: text }, clock)
  } catch {
    return 'it is neither a picture nor text in UTF-8'
  }
}

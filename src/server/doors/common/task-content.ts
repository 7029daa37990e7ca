import type { ChatMessage, MultiModalMessage, TextMessage } from '../../../machines/messages/index.ts'
import { TroupeError } from '../../../protocol/errors.ts'
import type { Clock } from '../../../runtime/shared/clock.ts'
import { createMessage } from '../../../runtime/shared/create-message.ts'
import { readFiles } from '../../run-api/task-files.ts'

/** A piece of what a client of another protocol says. `data` is base64. */
export type ContentPart =
  | { kind: 'text'; text: string }
  | { kind: 'file'; data: string; type: string; name?: string }

/** What a client says as messages of a task: its texts and pictures as one message, and other files as one each. */
export function messagesOf(parts: readonly ContentPart[], source: string, clock: Clock): ChatMessage[] {
  const content: (string | { data: string })[] = []
  const files: ChatMessage[] = []
  for (const part of parts) {
    if (part.kind === 'text') {
      if (part.text !== '') content.push(part.text)
    } else {
      const { messages, problems } = readFiles(
        [{ name: part.name, content: part.data, type: part.type }],
        clock
      )
      if (problems[0]) throw new TroupeError('bad_task', problems[0].warning)
      const message = messages[0]!
      if (message.type === 'MultiModalMessage') content.push(...(message.content as { data: string }[]))
      else files.push({ ...message, source } as ChatMessage)
    }
  }
  if (content.length === 0) return files
  return [...files, spoken(content, source, clock)]
}

function spoken(content: readonly (string | { data: string })[], source: string, clock: Clock): ChatMessage {
  const texts = content.filter((part) => typeof part === 'string')
  if (texts.length === content.length)
    return createMessage<TextMessage>({ type: 'TextMessage', source, content: texts.join('\n') }, clock)
  return createMessage<MultiModalMessage>({ type: 'MultiModalMessage', source, content: [...content] }, clock)
}

/** A data URL as a file. Throws `bad_task` for any other address: nothing is fetched for a client. */
export function fileOf(url: string, name?: string): ContentPart {
  const [, type, data] = /^data:([\w.+-]+\/[\w.+-]+)?(?:;[\w=.-]+)*;base64,([\s\S]*)$/.exec(url) ?? []
  if (data === undefined)
    throw new TroupeError(
      'bad_task',
      'a file must be sent as a data URL in base64: addresses are not fetched'
    )
  return { kind: 'file', data, type: type ?? 'application/octet-stream', ...(name && { name }) }
}

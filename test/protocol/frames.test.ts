import { expect, test } from 'vitest'
import type { TeamMessage } from '../../src/machines/messages/index.ts'
import { AgentEvent, ChatMessage } from '../../src/machines/messages/index.ts'
import { messageFrame, plainMessage, shownToClients } from '../../src/protocol/frames.ts'

/** The types of message that AutoGen Studio 0.4.3 sends to its clients. */
const knownToStudio = [
  ...['TextMessage', 'MultiModalMessage', 'StopMessage', 'HandoffMessage'],
  ...['ToolCallRequestEvent', 'ToolCallExecutionEvent']
]
const types = [...ChatMessage.options, ...AgentEvent.options].map(({ shape }) => shape.type.value)

test.each([...types, 'StructuredMessage[Answer]', 'MyMessage'])(
  'a %s is a message frame where AutoGen Studio knows it, and an event frame elsewhere [FRAME-3]',
  (type) => {
    const frame = messageFrame({ type, source: 'a', content: [] } as unknown as TeamMessage)
    expect(frame.type).toBe(knownToStudio.includes(type) ? 'message' : 'event')
  }
)

const pictures = {
  png: Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
  jpeg: Buffer.from([255, 216, 255, 224]),
  gif: Buffer.from('GIF89a'),
  webp: Buffer.from('RIFF1234WEBP'),
  'svg+xml': Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')
}

test.each(Object.entries(pictures))(
  'a %s picture goes out as a data URL of its type [FRAME-5]',
  (type, bytes) => {
    const data = bytes.toString('base64')
    const message = { type: 'MultiModalMessage', source: 'a', content: ['Look:', { data }] } as TeamMessage
    const shown = shownToClients(message) as { content: unknown }
    expect(shown.content).toEqual(['Look:', { url: `data:image/${type};base64,${data}`, alt: 'image' }])
    expect(plainMessage(shown)).toEqual(message)
  }
)

import { useState } from 'react'
import type { Message } from '../api/types.ts'
import { Fold } from './events.tsx'

interface Record {
  prompt_tokens?: number
  completion_tokens?: number
  messages?: unknown
  response?: unknown
}

/** What a model was asked and answered, folded. */
export const ModelCall = ({ message, source }: { message: Message; source: string }) => {
  const [record] = useState(() => read(String(message.content)))
  const { prompt_tokens = 0, completion_tokens = 0 } = record
  return (
    <Fold
      icon="live"
      title={`${source || 'somebody'} asked its model: ${prompt_tokens} + ${completion_tokens} tokens`}
    >
      <pre tabIndex={0}>{JSON.stringify(record, null, 2)}</pre>
    </Fold>
  )
}

function read(text: string): Record {
  try {
    return JSON.parse(text) as Record
  } catch {
    return {}
  }
}

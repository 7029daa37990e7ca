import { useState } from 'react'
import { CodeBlock } from '../markdown/code-block.tsx'
import { count } from '../model/format.ts'
import type { Item } from '../model/items.ts'
import type { ModelRecord } from '../model/model-record.ts'
import { Fold } from './events.tsx'

/** What a model was asked and answered, folded. */
export const ModelCall = ({ item: { record, source, usage } }: { item: Extract<Item, { kind: 'call' }> }) => (
  <Fold
    icon="model"
    title={`${source || 'An agent'} asked its model: ${count(usage.prompt_tokens)} + ${count(usage.completion_tokens)} tokens`}
  >
    <Record record={record} />
  </Fold>
)

const Record = ({ record }: { record: ModelRecord }) => {
  const [shown] = useState(() => record.whole)
  return <CodeBlock text={shown} language="json" />
}

/** JSON with line breaks; as it stands where it is none. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

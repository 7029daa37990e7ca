import { Button, Heading } from 'react-aria-components'
import { Disclosure, DisclosurePanel } from 'react-aria-components/Disclosure'
import type { ToolCall, ToolResult } from '../api/types.ts'
import { CodeBlock } from '../markdown/code-block.tsx'
import { oneLine } from '../model/format.ts'
import type { Item } from '../model/items.ts'
import { Icon } from '../ui/icon.tsx'
import { pretty } from './model-call.tsx'

/** Tool calls and what came of them, folded. */
export const ToolCalls = ({ item }: { item: Extract<Item, { kind: 'tools' }> }) => (
  <div className="tools">
    {item.calls.map((call) => (
      <Call
        key={call.id}
        call={call}
        result={item.done?.results.find(({ call_id }) => call_id === call.id)}
      />
    ))}
  </div>
)

const Call = ({ call, result }: { call: ToolCall; result: ToolResult | undefined }) => {
  const outcome = result === undefined ? 'under way' : result.is_error ? 'failed' : 'done'
  return (
    <Disclosure className={`call ${outcome.replace(' ', '-')}`}>
      <Heading level={3}>
        <Button slot="trigger" className="fold">
          <Icon name="tool" />
          <code>{call.name}</code>
          <span className="brief">{oneLine(result?.content ?? call.arguments, 90)}</span>
          <span className="outcome">{outcome}</span>
          <Icon name="down" />
        </Button>
      </Heading>
      <DisclosurePanel>
        <div className="label">Called with</div>
        <Shown text={call.arguments} />
        {result && <div className="label">{result.is_error ? 'It failed' : 'It gave'}</div>}
        {result && <Shown text={result.content} />}
      </DisclosurePanel>
    </Disclosure>
  )
}

const isJson = (text: string): boolean => /^\s*[[{]/.test(text)

const Shown = ({ text }: { text: string }) => (
  <CodeBlock text={isJson(text) ? pretty(text) : text} language={isJson(text) ? 'json' : ''} />
)

import { Button, Heading } from 'react-aria-components'
import { Disclosure, DisclosurePanel } from 'react-aria-components/Disclosure'
import type { ToolCall, ToolResult } from '../api/types.ts'
import type { Item } from '../model/items.ts'
import { Icon } from '../ui/icon.tsx'

const pretty = (text: string): string => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

const short = (text: string): string =>
  (text.length > 90 ? `${text.slice(0, 90)}…` : text).replace(/\s+/g, ' ')

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
      <Heading level={4}>
        <Button slot="trigger" className="fold">
          <Icon name="tool" />
          <code>{call.name}</code>
          <span className="brief">{short(result?.content ?? call.arguments)}</span>
          <span className="outcome">{outcome}</span>
        </Button>
      </Heading>
      <DisclosurePanel>
        <div className="label">Called with</div>
        <pre tabIndex={0}>{pretty(call.arguments)}</pre>
        {result && <div className="label">{result.is_error ? 'It failed' : 'It gave'}</div>}
        {result && <pre tabIndex={0}>{pretty(result.content)}</pre>}
      </DisclosurePanel>
    </Disclosure>
  )
}

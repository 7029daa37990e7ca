import { Button, Heading } from 'react-aria-components'
import { Disclosure, DisclosurePanel } from 'react-aria-components/Disclosure'
import type { Message } from '../api/types.ts'
import { CodeBlock } from '../markdown/code-block.tsx'
import { Markdown } from '../markdown/markdown.tsx'
import { list } from '../model/format.ts'
import { Icon, type IconName } from '../ui/icon.tsx'

/** A line that opens. */
export const Fold = ({
  icon,
  title,
  children
}: {
  icon: IconName
  title: string
  children: React.ReactNode
}) => (
  <Disclosure className="call">
    <Heading level={3}>
      <Button slot="trigger" className="fold">
        <Icon name={icon} />
        <span className="brief">{title}</span>
        <Icon name="down" />
      </Button>
    </Heading>
    <DisclosurePanel>{children}</DisclosurePanel>
  </Disclosure>
)

/** What happens inside a turn. */
export const EventLine = ({ message }: { message: Message }) => {
  const { type, content } = message
  if (type === 'ThoughtEvent') {
    return (
      <div className="thought">
        <Icon name="thought" />
        <Markdown text={String(content)} />
      </div>
    )
  }
  if (type === 'CodeExecutionEvent') {
    const { exit_code, output } = message.result ?? { exit_code: 0, output: '' }
    return (
      <Fold icon="tool" title={`Ran code, which ended with ${exit_code}`}>
        <CodeBlock text={output} language="" />
      </Fold>
    )
  }
  const text = typeof content === 'string' ? content : JSON.stringify(content, null, 2)
  return (
    <Fold icon="thought" title={titles[type] ?? type}>
      {typeof content === 'string' ? <Markdown text={text} /> : <CodeBlock text={text} language="json" />}
    </Fold>
  )
}

const titles: Readonly<Record<string, string>> = {
  MemoryQueryEvent: 'Looked into its memory',
  ToolCallSummaryMessage: 'Says what its tools gave',
  SelectorEvent: 'What the selector’s model said',
  CodeGenerationEvent: 'Wrote code'
}

/** Who may speak next, between what was said. */
export const Chosen = ({ by, speakers }: { by: string; speakers: readonly string[] }) => (
  <p className="divider">
    <span>
      {by} {speakers.length > 0 ? 'chose' : 'has'} <strong>{list(speakers, 4) || 'its final answer'}</strong>
    </span>
  </p>
)

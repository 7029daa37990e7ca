import { Button, Heading } from 'react-aria-components'
import { Disclosure, DisclosurePanel } from 'react-aria-components/Disclosure'
import type { Message } from '../api/types.ts'
import { list } from '../model/describe.ts'
import { Icon, type IconName } from '../ui/icon.tsx'
import { Markdown } from './markdown.tsx'

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
    <Heading level={4}>
      <Button slot="trigger" className="fold">
        <Icon name={icon} />
        <span className="brief">{title}</span>
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
  if (type === 'SelectSpeakerEvent')
    return <Aside icon="hand" text={`${list((content as string[]) ?? [])} may speak next`} />
  if (type === 'CodeExecutionEvent') {
    const { exit_code, output } = message.result ?? { exit_code: 0, output: '' }
    return (
      <Fold icon="tool" title={`Ran code, which ended with ${exit_code}`}>
        <pre tabIndex={0}>{output}</pre>
      </Fold>
    )
  }
  const text = typeof content === 'string' ? content : JSON.stringify(content, null, 2)
  return (
    <Fold icon="thought" title={titles[type] ?? type}>
      {typeof content === 'string' ? <Markdown text={text} /> : <pre tabIndex={0}>{text}</pre>}
    </Fold>
  )
}

const titles: Readonly<Record<string, string>> = {
  MemoryQueryEvent: 'Remembered something',
  ToolCallSummaryMessage: 'Says what its tools gave',
  SelectorEvent: 'The selector’s words',
  CodeGenerationEvent: 'Wrote code'
}

const Aside = ({ icon, text }: { icon: IconName; text: string }) => (
  <div className="aside">
    <Icon name={icon} />
    {text}
  </div>
)

import type { Tokens } from 'marked'
import { createElement, Fragment, type ReactNode } from 'react'
import { CodeBlock } from './code-block.tsx'
import { Html, hasHtml } from './html.tsx'
import { Inline, Inlines } from './inlines.tsx'

type Any = Tokens.Generic

/** A block of Markdown: a paragraph, a list, a table. Each is read in the direction in which it is written. */
export const Block = ({ token }: { token: Any }): ReactNode => {
  if (hasHtml(token)) return <Html token={token} />
  switch (token.type) {
    case 'space':
    case 'def':
      return null
    case 'heading':
      // A message has its place below the headings of the page.
      return createElement(
        `h${Math.min(6, token.depth + 3)}`,
        { dir: 'auto' },
        <Inlines tokens={token.tokens} />
      )
    case 'paragraph':
      return (
        <p dir="auto">
          <Inlines tokens={token.tokens} />
        </p>
      )
    case 'code':
      return <CodeBlock text={token.text} language={(token as Tokens.Code).lang ?? ''} />
    case 'blockquote':
      return (
        <blockquote dir="auto">
          <Blocks tokens={token.tokens} />
        </blockquote>
      )
    case 'hr':
      return <hr />
    case 'list':
      return <List list={token as unknown as Tokens.List} />
    case 'table':
      return <Table table={token as unknown as Tokens.Table} />
    default:
      return <Inline token={token} />
  }
}

const Blocks = ({ tokens = [] }: { tokens?: readonly Any[] | undefined }): ReactNode =>
  // biome-ignore lint/suspicious/noArrayIndexKey: blocks have no other name
  tokens.map((token, at) => <Block key={at} token={token} />)

const List = ({ list: { ordered, start, items, loose } }: { list: Tokens.List }) => {
  const children = items.map((item, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: items have no other name
    <li key={at} dir="auto" className={item.task ? 'task-item' : undefined}>
      {item.task && <TaskBox isDone={item.checked === true} />}
      {loose ? <Blocks tokens={item.tokens as Any[]} /> : <Tight tokens={item.tokens as Any[]} />}
    </li>
  ))
  return ordered ? (
    <ol start={start === '' ? undefined : start} dir="auto">
      {children}
    </ol>
  ) : (
    <ul dir="auto">{children}</ul>
  )
}

/** What stands in an item without empty lines between: text, and perhaps a list in it. */
const Tight = ({ tokens }: { tokens: readonly Any[] }): ReactNode =>
  tokens.map((token, at) => {
    if (token.type === 'checkbox') return null
    const isText = token.type === 'text' || token.type === 'paragraph'
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: they have no other name
      <Fragment key={at}>
        {isText && !hasHtml(token) ? <Inlines tokens={token.tokens ?? [token]} /> : <Block token={token} />}
      </Fragment>
    )
  })

const TaskBox = ({ isDone }: { isDone: boolean }) => (
  <span
    className={isDone ? 'task-box done' : 'task-box'}
    role="img"
    aria-label={isDone ? 'done' : 'not done'}
  />
)

const Table = ({ table: { header, rows, align } }: { table: Tokens.Table }) => (
  <section className="table" tabIndex={0} aria-label="Table">
    <table>
      <thead>
        <tr>
          {header.map((cell, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: cells have no other name
            <th key={at} scope="col" dir="auto" style={{ textAlign: align[at] ?? undefined }}>
              <Inlines tokens={cell.tokens as Any[]} />
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, number) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name
          <tr key={number}>
            {row.map((cell, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: cells have no other name
              <td key={at} dir="auto" style={{ textAlign: align[at] ?? undefined }}>
                <Inlines tokens={cell.tokens as Any[]} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </section>
)

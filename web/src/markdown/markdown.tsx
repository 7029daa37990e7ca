import { lexer, type Token, type Tokens } from 'marked'
import { memo, useMemo } from 'react'
import { Block } from './blocks.tsx'

/** A text in Markdown. What was drawn of it is not drawn again while more is written. */
export const Markdown = memo(({ text }: { text: string }) => {
  const blocks = useMemo(() => lexer(text, { gfm: true, breaks: true }), [text])
  return (
    <div className="markdown">
      {blocks.map((block, at) => (
        // A text only grows at its end: the place of a block names it.
        // biome-ignore lint/suspicious/noArrayIndexKey: there is no other name
        <MemoBlock key={at} block={block} />
      ))}
    </div>
  )
})

const MemoBlock = memo(
  ({ block }: { block: Token }) => <Block token={block as Tokens.Generic} />,
  (one, other) => one.block.raw === other.block.raw && one.block.type === other.block.type
)

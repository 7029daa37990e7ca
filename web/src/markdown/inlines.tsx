import type { Tokens } from 'marked'
import type { ReactNode } from 'react'
import { decoded } from './entities.ts'

type Any = Tokens.Generic

/** What stands in a line. */
export const Inlines = ({ tokens = [] }: { tokens?: readonly Any[] | undefined }): ReactNode =>
  // biome-ignore lint/suspicious/noArrayIndexKey: parts of a line have no other name
  tokens.map((token, at) => <Inline key={at} token={token} />)

/** One part of a line. What agents say loads nothing from elsewhere. */
export const Inline = ({ token }: { token: Any }): ReactNode => {
  switch (token.type) {
    case 'strong':
      return (
        <strong>
          <Inlines tokens={token.tokens} />
        </strong>
      )
    case 'em':
      return (
        <em>
          <Inlines tokens={token.tokens} />
        </em>
      )
    case 'del':
      return (
        <del>
          <Inlines tokens={token.tokens} />
        </del>
      )
    case 'codespan':
      return <code dir="ltr">{decoded(token.text)}</code>
    case 'br':
      return <br />
    case 'link':
      return <Link href={token.href} tokens={token.tokens} />
    case 'image':
      return <Image src={token.href} alt={token.text} />
    case 'text':
    case 'escape':
      return token.tokens ? <Inlines tokens={token.tokens} /> : decoded(token.text)
    default:
      return token.raw
  }
}

const isSafe = (href: string): boolean => /^(https?:|mailto:)/i.test(href)

const Link = ({ href, tokens }: { href: string; tokens: Any[] | undefined }) =>
  isSafe(href) ? (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      <Inlines tokens={tokens} />
    </a>
  ) : (
    <span>
      <Inlines tokens={tokens} />
    </span>
  )

const Image = ({ src, alt }: { src: string; alt: string }) =>
  /^data:image\//.test(src) ? (
    <img className="picture" src={src} alt={alt || 'A picture'} />
  ) : (
    <span className="elsewhere">{alt || '[a picture from elsewhere]'}</span>
  )

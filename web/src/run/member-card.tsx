import { Button } from 'react-aria-components/Button'
import { participantWords, span, type Words } from '../model/describe.ts'
import type { Member } from '../model/members.ts'
import { useNow } from '../state/clock.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Status } from '../ui/status.tsx'

interface MemberCardProps {
  member: Member
  words: Words
  /** Milliseconds since 1970; null while it is now. */
  at: number | null
  isChosen: boolean
  choose(): void
  style: React.CSSProperties
}

/** A participant: who it is, what it does, and for how long. */
export const MemberCard = ({ member, words, at, isChosen, choose, style }: MemberCardProps) => {
  const now = useNow()
  const { name, kind, actor, inner } = member
  const time = actor && words.tone !== 'idle' ? span((at ?? Math.max(now, actor.since)) - actor.since) : ''
  return (
    <Button
      className={`member tone-${words.tone}${isChosen ? ' chosen' : ''}`}
      style={style}
      onPress={choose}
    >
      <Avatar name={name} size={34} />
      <span className="member-text">
        <span className="member-name">{name}</span>
        <span className="hidden">, </span>
        <Status words={words} />
        <span className="hidden">, </span>
        <span className="member-kind">
          {inner.length > 0 ? <Inner inner={inner} /> : time || kindWords(kind)}
        </span>
        <span className="hidden">. Show its chart</span>
      </span>
    </Button>
  )
}

const Inner = ({ inner }: { inner: readonly Member[] }) => (
  <span className="inner">
    {inner.map(({ id, name, actor }) => (
      <span
        key={id}
        className={`chip tone-${participantWords(actor).tone}`}
        title={participantWords(actor).text}
      >
        {name}
      </span>
    ))}
  </span>
)

const kindWords = (kind: string): string =>
  ({ UserProxyAgent: 'a person', AssistantAgent: 'assistant' })[kind] ?? kind.replace(/Agent$|GroupChat$/, '')

import { memo } from 'react'
import { Button } from 'react-aria-components/Button'
import { participantWords, span, type Words } from '../model/describe.ts'
import type { Member } from '../model/members.ts'
import { useNow } from '../state/clock.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Status } from '../ui/status.tsx'
import type { Card } from './team-layout.ts'

interface MemberCardProps extends Omit<Member, 'description'>, Words {
  /** Milliseconds since 1970; null while it is now, and where it does not matter. */
  at: number | null
  isChosen: boolean
  choose(id: string): void
  /** Its middle. */
  x: number
  y: number
  card: Card
}

/** A participant: who it is, what it does, and for how long. */
export const MemberCard = memo((props: MemberCardProps) => {
  const now = useNow()
  const { id, name, kind, actor, inner, tone, text, at, isChosen, choose, x, y, card } = props
  const time = actor && tone !== 'idle' ? span((at ?? Math.max(now, actor.since)) - actor.since) : ''
  return (
    <Button
      className={`member tone-${tone}${isChosen ? ' chosen' : ''}`}
      style={{ left: x - card.width / 2, top: y - card.height / 2, ...card }}
      onPress={() => choose(id)}
    >
      <Avatar name={name} size={34} />
      <span className="member-text">
        <span className="member-name">{name}</span>
        <span className="hidden">, </span>
        <Status words={{ tone, text }} />
        <span className="hidden">, </span>
        <span className="member-kind">
          {inner.length > 0 ? <Inner inner={inner} /> : time || kindWords(kind)}
        </span>
        <span className="hidden">. Show its chart</span>
      </span>
    </Button>
  )
})

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

import { useMemo, useRef } from 'react'
import type { TeamOutline } from '../../../src/runtime/inspection/team-outline.ts'
import {
  managerWords,
  participantWords,
  speakersOf,
  teamRule,
  toolsOf,
  type Words,
  waitingNodes
} from '../model/describe.ts'
import type { Item } from '../model/items.ts'
import { type Member, membersOf } from '../model/members.ts'
import { talkOf } from '../model/talk.ts'
import type { Moment } from '../model/timeline.ts'
import { useSize } from '../ui/use-size.ts'
import { MemberCard } from './member-card.tsx'
import { type TeamEdge, TeamEdges } from './team-edges.tsx'
import { asGraph, inRows } from './team-layout.ts'

interface TeamViewProps {
  moment: Moment
  root: string
  outline: TeamOutline | null
  items: readonly Item[]
  isLive: boolean
  chosen: string | null
  choose(id: string): void
}

/** The team: what each participant does now, and who speaks to whom. */
export const TeamView = ({ moment, root, outline, items, isLive, chosen, choose }: TeamViewProps) => {
  const frame = useRef<HTMLDivElement>(null)
  const { width } = useSize(frame, { width: 700, height: 0 })
  const { actors } = moment
  const manager = actors.get(`${root}/team`)
  const members = useMemo(() => membersOf(actors, `${root}/team`, outline), [actors, root, outline])
  const names = members.map(({ name }) => name).join('\n')
  const placed = useMemo(() => {
    const all = names.split('\n').filter(Boolean)
    return outline?.edges ? asGraph(all, outline.edges, width) : inRows(all, width)
  }, [names, outline, width])
  const talk = useMemo(() => talkOf(items, names.split('\n')), [items, names])
  const acting = members.flatMap(({ name, actor }) => (isActing(actor) ? name : [])).join('\n')
  const edges = useMemo(
    () => (outline?.edges ? edgesOfGraph(outline.edges, items, acting.split('\n')) : edgesOfTalk(talk)),
    [outline, items, acting, talk]
  )
  const waiting = waitingNodes(manager)
  return (
    <section className="team" aria-label="Team">
      <header className="team-head">
        <h2>{outline?.name ?? 'Team'}</h2>
        <span className="rule">{teamRule(outline)}</span>
        <span className="manager">{manager ? `The manager is ${managerWords(manager)}` : ''}</span>
      </header>
      <div className="team-frame" ref={frame}>
        <div className="team-canvas" style={{ width: placed.width, height: placed.height }}>
          <TeamEdges placed={placed} edges={edges} />
          {members.map((member) => {
            const { x, y } = placed.at.get(member.name) ?? { x: 0, y: 0 }
            const { id, name, kind, actor, inner } = member
            const words = wordsOf(member, { items, waiting, speakers: speakersOf(manager) })
            return (
              <MemberCard
                key={id}
                {...{ id, name, kind, actor, inner, x, y, choose, ...words }}
                card={placed.card}
                at={isLive || words.tone === 'idle' ? null : moment.at}
                isChosen={chosen === id}
              />
            )
          })}
        </div>
      </div>
    </section>
  )
}

interface Around {
  items: readonly Item[]
  waiting: readonly { node: string; for: string[] }[]
  speakers: readonly string[]
}

function wordsOf({ name, actor }: Member, { items, waiting, speakers }: Around): Words {
  const words = participantWords(actor)
  if (words.text === 'running tools') return { ...words, text: `running ${toolsOf(items, name) || 'tools'}` }
  const waits = waiting.find(({ node }) => node === name)
  if (words.tone !== 'idle' || actor?.status !== 'active') return words
  if (waits) return { tone: 'idle', text: `waits for ${waits.for.join(', ')}` }
  return speakers.includes(name) ? { tone: 'busy', text: 'about to speak' } : words
}

const isActing = (actor: Member['actor']): boolean =>
  actor?.status === 'active' && ['busy', 'asking'].includes(participantWords(actor).tone)

type Talk = ReturnType<typeof talkOf>

const edgesOfTalk = ({ links, last }: Talk): TeamEdge[] =>
  links.map(({ from, to, count }) => ({
    ...{ from, to, isTaken: true, isLast: last?.from === from && last.to === to },
    ...(count > 1 && { text: `${count}×` })
  }))

function edgesOfGraph(
  edges: NonNullable<TeamOutline['edges']>,
  items: readonly Item[],
  acting: readonly string[]
): TeamEdge[] {
  const spoke = new Set(items.flatMap((item) => (item.kind === 'said' ? item.source : [])))
  return edges.map(({ from, to, condition }) => ({
    ...{ from, to, isTaken: spoke.has(from) && spoke.has(to) },
    isLast: spoke.has(from) && acting.includes(to),
    ...(condition && { text: `“${condition}”` })
  }))
}

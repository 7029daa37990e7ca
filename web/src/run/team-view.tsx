import { useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { Outline } from '../../../src/runtime/inspect-outline.ts'
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
import { MemberCard } from './member-card.tsx'
import { type TeamEdge, TeamEdges } from './team-edges.tsx'
import { asGraph, inRows } from './team-layout.ts'

interface TeamViewProps {
  moment: Moment
  root: string
  outline: Outline | null
  items: readonly Item[]
  isLive: boolean
  chosen: string | null
  choose(id: string): void
}

/** The team: what each participant does now, and who speaks to whom. */
export const TeamView = ({ moment, root, outline, items, isLive, chosen, choose }: TeamViewProps) => {
  const frame = useRef<HTMLDivElement>(null)
  const width = useWidth(frame)
  const { actors } = moment
  const manager = actors.get(`${root}/team`)
  const members = useMemo(() => membersOf(actors, `${root}/team`, outline), [actors, root, outline])
  const names = members.map(({ name }) => name).join('\n')
  const placed = useMemo(() => {
    const all = names.split('\n').filter(Boolean)
    return outline?.edges ? asGraph(all, outline.edges, width) : inRows(all, width)
  }, [names, outline, width])
  const edges = edgesOf(outline, items, members)
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
            return (
              <MemberCard
                key={member.id}
                member={member}
                words={wordsOf(member, { items, waiting, speakers: speakersOf(manager) })}
                at={isLive ? null : moment.at}
                isChosen={chosen === member.id}
                choose={() => choose(member.id)}
                style={{ left: x - placed.card.width / 2, top: y - placed.card.height / 2, ...placed.card }}
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

function edgesOf(outline: Outline | null, items: readonly Item[], members: readonly Member[]): TeamEdge[] {
  const { links, last } = talkOf(
    items,
    members.map(({ name }) => name)
  )
  const isLast = (from: string, to: string) => last?.from === from && last.to === to
  if (!outline?.edges) {
    return links.map(({ from, to, count }) => ({
      ...{ from, to, isTaken: true, isLast: isLast(from, to) },
      ...(count > 1 && { text: `${count}×` })
    }))
  }
  const spoke = new Set(items.flatMap((item) => (item.kind === 'said' ? item.source : [])))
  const acts = new Set(members.filter(({ actor }) => isActing(actor)).map(({ name }) => name))
  return outline.edges.map(({ from, to, condition }) => ({
    ...{ from, to, isTaken: spoke.has(from) && spoke.has(to), isLast: spoke.has(from) && acts.has(to) },
    ...(condition && { text: `“${condition}”` })
  }))
}

function useWidth(frame: React.RefObject<HTMLDivElement | null>): number {
  const [width, setWidth] = useState(700)
  useLayoutEffect(() => {
    const element = frame.current
    if (!element) return
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    setWidth(element.clientWidth)
    return () => observer.disconnect()
  }, [frame])
  return width
}

import type { NodeProps, NodeTypes } from '@xyflow/react'
import { memo } from 'react'
import { brief, money, span } from '../model/format.ts'
import { withTools } from '../model/headline.ts'
import { outlineAt } from '../model/members.ts'
import { isManager, managerOf } from '../model/paths.ts'
import { doingOf, kindWords, managerWords, type Tone, waitingNodes } from '../model/words.ts'
import { useNow } from '../state/clock.ts'
import { failureIn, usageIn, usePicture } from '../state/picture.ts'
import type { Picture } from '../state/picture-store.ts'
import { useSession } from '../state/session.ts'
import { isSameFields, useSelect } from '../state/use.ts'
import { Icon } from '../ui/icon.tsx'
import { Avatar } from '../ui/people.tsx'
import { Status } from '../ui/status.tsx'
import type { PlanNode } from './plan.ts'

type Data = Pick<PlanNode, 'name' | 'isCompact' | 'role'>
type Props = NodeProps & { data: Data }

/** What a member does then, in words, and since when; `since` is null where that does not matter. */
function useDoing(id: string): { tone: Tone; text: string; since: number | null; until: number | null } {
  return usePicture((picture) => {
    const { moment, items, isLive } = picture
    const actor = moment.actors.get(id)
    const failure = failureAt(picture, id)
    if (failure) return { tone: 'failed' as const, text: failure, since: null, until: null }
    const doing = actor ? withTools(doingOf(actor), actor, items) : doingOf(undefined)
    const until = isLive ? null : moment.at
    if (doing.tone !== 'idle' || actor?.status !== 'active')
      return { ...pick(doing), since: doing.tone === 'idle' ? null : actor!.since, until }
    const manager = moment.actors.get(managerOf(id))
    const waits = waitingNodes(manager).find(({ node }) => node === actor.name)
    const text = waits ? `waits for ${waits.for.join(', ')}` : doing.text
    return { tone: 'idle' as const, text, since: null, until: null }
  }, isSameFields)
}

/** The failure of a member, where the run has failed of it; also shown at the teams around it. */
function failureAt(picture: Picture, id: string): string | null {
  const { report } = failureIn(picture)
  if (!picture.isLive || !report?.actor) return null
  if (report.actor === id) return 'failed'
  return report.actor.startsWith(`${id}/`) ? 'its team has failed' : null
}

const pick = ({ tone, text }: { tone: Tone; text: string }) => ({ tone, text })

const useIsChosen = (id: string): boolean => {
  const { view } = useSession()
  return useSelect(view, ({ actor }) => actor === id)
}

/** Chooses a member when its card is pressed. */
function useChoose(id: string): () => void {
  const { view } = useSession()
  return () => view.trigger.choose({ actor: id })
}

/** A participant: who it is, what it does, and for how long. */
const MemberNode = memo(({ id, data: { name, isCompact } }: Props) => {
  const { tone, text, since, until } = useDoing(id)
  const isChosen = useIsChosen(id)
  const outline = usePicture(({ outline }) => outlineAt(outline, id))
  return (
    <button
      type="button"
      className={`card tone-${tone}${isCompact ? ' compact' : ''}${isChosen ? ' chosen' : ''}`}
      onClick={useChoose(id)}
      title={isCompact ? `${name}: ${text}` : undefined}
    >
      <Avatar name={name} size={isCompact ? 26 : 34} />
      <span className="card-text">
        <span className="card-name">{name}</span>
        <span className="hidden">, </span>
        <Status words={{ tone, text }} />
        {!isCompact && (
          <span className="card-more">
            <span className="hidden">, </span>
            {since === null ? (
              <Role kind={outline?.kind ?? ''} model={outline?.model?.name ?? null} />
            ) : (
              <Since since={since} until={until} />
            )}
            <Used id={id} />
          </span>
        )}
        <span className="hidden">. Show what is known of it</span>
      </span>
    </button>
  )
})

const Role = ({ kind, model }: { kind: string; model: string | null }) => (
  <span className="role">{model ?? kindWords(kind)}</span>
)

const Since = ({ since, until }: { since: number; until: number | null }) => {
  const now = useNow()
  return <span className="role">for {span((until ?? Math.max(now, since)) - since)}</span>
}

/** The tokens that a member has used until the moment that is shown. */
const Used = ({ id }: { id: string }) => {
  const text = usePicture((picture) => {
    const { actors, currency } = usageIn(picture)
    const spent = actors.get(id)
    if (!spent) return ''
    const tokens = `${brief(spent.prompt_tokens + spent.completion_tokens)} tokens`
    return spent.cost ? `${tokens} · ${money(spent.cost, currency)}` : tokens
  })
  return text ? <span className="used">{text}</span> : null
}

/** A member that leads a team of its own: a box around that team. */
const TeamNode = memo(({ id, data: { name } }: Props) => {
  const { tone, text, since, until } = useDoing(id)
  const isChosen = useIsChosen(id)
  return (
    <div className={`team-box tone-${tone}${isChosen ? ' chosen' : ''}`}>
      <button type="button" className="team-box-head" onClick={useChoose(id)}>
        <Avatar name={name} size={28} />
        <span className="card-text">
          <span className="card-name">{name}</span>
          <span className="hidden">, </span>
          <span className="card-line">
            <Status words={{ tone, text }} />
            {since !== null && <Since since={since} until={until} />}
          </span>
          <span className="hidden">. Show what is known of it</span>
        </span>
      </button>
    </div>
  )
})

/** The selector of the next speaker: its actor lives only while it chooses, and it is shown all the time. */
const ChooserNode = memo(({ id, data: { name } }: Props) => {
  const { tone, text } = usePicture((picture) => {
    const { moment } = picture
    const actor = moment.actors.get(id)
    const failure = failureAt(picture, id)
    if (failure) return { tone: 'failed' as const, text: failure }
    if (actor?.status === 'active') return pick(doingOf(actor))
    const manager = moment.actors.get(managerOf(id))
    return { tone: 'idle' as const, text: isManager(managerOf(id)) ? managerWords(manager) : '' }
  }, isSameFields)
  const isChosen = useIsChosen(id)
  const model = usePicture(({ outline }) => outlineAt(outline, id)?.model?.name ?? null)
  return (
    <button
      type="button"
      className={`card chooser tone-${tone}${isChosen ? ' chosen' : ''}`}
      onClick={useChoose(id)}
    >
      <span className="chooser-mark" aria-hidden="true">
        <Icon name="model" />
      </span>
      <span className="card-text">
        <span className="card-name">{name}</span>
        <span className="hidden">, </span>
        <Status words={{ tone, text }} />
        <span className="card-more">
          {model && <span className="role">{model}</span>}
          <Used id={id} />
        </span>
        <span className="hidden">. Show what is known of it</span>
      </span>
    </button>
  )
})

/** A target of handoffs that is no member: a person or another program. */
const OutsideNode = memo(({ id, data: { name } }: Props) => (
  <div className="card outside compact" data-outside={id}>
    <span className="chooser-mark" aria-hidden="true">
      <Icon name="person" />
    </span>
    <span className="card-text">
      <span className="card-name">{name}</span>
      <span className="role">outside the team</span>
    </span>
  </div>
))

export const nodeTypes: NodeTypes = {
  member: MemberNode,
  team: TeamNode,
  chooser: ChooserNode,
  outside: OutsideNode
} as NodeTypes

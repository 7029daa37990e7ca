import { useState } from 'react'
import type { TeamOutline } from '../../../src/runtime/inspection/team-outline.ts'
import { CodeBlock } from '../markdown/code-block.tsx'
import { brief, count, money, plural } from '../model/format.ts'
import { chooserOf, outlineAt, teamIn } from '../model/members.ts'
import { isChoice, isManager, managerOf, namesOf, pathWords } from '../model/paths.ts'
import { doingOf, kindWords, managerWords, teamRule } from '../model/words.ts'
import { usageIn, usePicture } from '../state/picture.ts'
import { useSession } from '../state/session.ts'
import { isSameFields } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { Avatar } from '../ui/people.tsx'
import { Status } from '../ui/status.tsx'
import { type TabOf, Tabs } from '../ui/tabs.tsx'
import { Calls } from './calls.tsx'
import { Memory } from './memory.tsx'

type Known = 'about' | 'calls' | 'memory'

const known: TabOf<Known>[] = [
  { id: 'about', name: 'About' },
  { id: 'calls', name: 'Calls' },
  { id: 'memory', name: 'Memory' }
]

/** What is known of an actor: who it is, what it remembers, what it has asked its model, what it has used. */
export const MemberPanel = ({ actor }: { actor: string }) => {
  const { view } = useSession()
  const [tab, setTab] = useState<Known>('about')
  return (
    <aside className="member-panel" aria-label={`About ${pathWords(actor)}`}>
      <header>
        <Who actor={actor} />
        <Button
          icon="close"
          kind="quiet"
          label="Close"
          onPress={() => view.trigger.choose({ actor: null })}
        />
      </header>
      <Used actor={actor} />
      <Tabs
        label={`What is known of ${pathWords(actor)}`}
        className="panel-tabs"
        tabs={known}
        chosen={tab}
        choose={setTab}
        scrolls
      >
        {tab === 'about' && <About actor={actor} />}
        {tab === 'calls' && <Calls actor={actor} />}
        {tab === 'memory' && <Memory actor={actor} />}
      </Tabs>
    </aside>
  )
}

/** What an actor is called. */
function titleOf(actor: string, outline: TeamOutline | null): string {
  const names = namesOf(actor)
  if (isChoice(actor)) return chooserOf(outline) ?? 'selector'
  if (actor.split('/').length === 1) return 'run'
  return isManager(actor) ? `${names.at(-1) ?? outline?.name ?? 'team'}: manager` : names.at(-1)!
}

const Who = ({ actor }: { actor: string }) => {
  const { view } = useSession()
  const outline = usePicture(({ outline }) => outlineAt(outline, actor))
  const { tone, text } = usePicture(({ moment }) => {
    const now = moment.actors.get(actor)
    if (now?.machine === 'groupChat') return { tone: 'idle' as const, text: managerWords(now) }
    if (isChoice(actor) && now?.status !== 'active')
      return { tone: 'idle' as const, text: managerWords(moment.actors.get(managerOf(actor))) }
    const { tone, text } = doingOf(now)
    return { tone, text }
  }, isSameFields)
  const outer = namesOf(actor).slice(0, -1)
  const title = titleOf(actor, outline)
  return (
    <div className="who-card">
      {isChoice(actor) || isManager(actor) ? (
        <span className="chooser-mark">
          <Icon name="model" />
        </span>
      ) : (
        <Avatar name={title} size={36} />
      )}
      <div>
        <h2>{title}</h2>
        <p className="quiet">
          {[outer.length > 0 && `in ${outer.join(' › ')}`, outline && kindWords(outline.kind)]
            .filter(Boolean)
            .join(' · ')}
        </p>
        <Status words={{ tone, text }} />
      </div>
      <Button kind="quiet" icon="chart" onPress={() => view.trigger.tab({ tab: 'chart' })}>
        Chart
      </Button>
    </div>
  )
}

/** What an actor has used until then. */
const Used = ({ actor }: { actor: string }) => {
  const spent = usePicture((picture) => {
    const { actors, currency } = usageIn(picture)
    const { prompt_tokens = 0, completion_tokens = 0, calls = 0, cost = null } = actors.get(actor) ?? {}
    return { sent: prompt_tokens, written: completion_tokens, calls, cost, currency }
  }, isSameFields)
  if (spent.calls === 0) return null
  const { sent, written, calls, cost, currency } = spent
  return (
    <dl className="panel-facts">
      <div>
        <dt>Model calls</dt>
        <dd>{count(calls)}</dd>
      </div>
      <div title={`${count(sent)} sent, ${count(written)} written`}>
        <dt>Tokens</dt>
        <dd>{brief(sent + written)}</dd>
      </div>
      <div>
        <dt>Cost</dt>
        <dd>{cost === null ? 'no price known' : money(cost, currency)}</dd>
      </div>
    </dl>
  )
}

const About = ({ actor }: { actor: string }) => {
  const outline = usePicture(({ outline }) => outlineAt(outline, actor))
  if (!outline) return <p className="empty">The team file says nothing about this one.</p>
  const { description, model, prompt, tools, handoffs, memory, context } = outline
  const team = teamIn(outline)
  const isTeams = isChoice(actor) || isManager(actor)
  return (
    <div className="about">
      {description && <p dir="auto">{description}</p>}
      <dl className="rows">
        {model && (
          <Row name="Model">
            {modelNames(model)[0]} <span className="quiet">{modelNames(model).slice(1).join(' · ')}</span>
          </Row>
        )}
        {(isTeams || (team && team.members.length > 0)) && team && (
          <Row name="Speaking">{teamRule(team)}</Row>
        )}
        {team?.ends && <Row name="Done when">{team.ends}</Row>}
        {team?.max_turns && <Row name="At most">{plural(team.max_turns, 'turn')}</Row>}
        {handoffs && <Row name="Hands over to">{handoffs.join(', ')}</Row>}
        {memory && <Row name="Memory">{memory.join(', ')}</Row>}
        {context && <Row name="Context">{kindWords(context.replace(/ChatCompletionContext$/, ''))}</Row>}
      </dl>
      {tools && <Tools tools={tools} />}
      {prompt && (
        <>
          <h3>{isTeams ? 'Prompt by which it chooses' : 'Prompt'}</h3>
          <CodeBlock text={prompt} language="" />
        </>
      )}
    </div>
  )
}

/** What a model is called, then whose it is, and where it is asked. */
function modelNames({ name, kind, host }: NonNullable<TeamOutline['model']>): string[] {
  return [name, kind.replace(/ChatCompletionClient$/, ''), host].filter((word) => typeof word === 'string')
}

const Row = ({ name, children }: { name: string; children: React.ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
)

const Tools = ({ tools }: { tools: NonNullable<TeamOutline['tools']> }) => (
  <>
    <h3>Tools</h3>
    <ul className="tool-list">
      {tools.map(({ name, description, agents }) => (
        <li key={name}>
          <code>{name}</code> <span dir="auto">{description}</span>
          {agents && agents.length > 0 && <span className="quiet"> ({agents.join(', ')} inside)</span>}
        </li>
      ))}
    </ul>
  </>
)

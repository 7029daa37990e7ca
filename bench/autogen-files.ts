// Tries files of AutoGen and AutoGen Studio: `node bench/autogen-files.ts FOLDER…`, see docs/autogen.md.
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ComponentModel } from '../src/machines/component/component.ts'
import { readDocument } from '../src/runtime/components/documents/read-document.ts'
import type { Document } from '../src/runtime/components/documents/recognize.ts'
import { permit } from '../src/runtime/components/permissions.ts'
import { Registry } from '../src/runtime/components/registry.ts'
import { Team } from '../src/runtime/team/team.ts'

/** What became of one component or state: where it stands, what it is, whether it loads, and how its run ended. */
interface Tried {
  file: string
  what: string
  loads: string
  runs: string
}
type Json = Record<string, unknown>

/** Seconds that the run of one team may take. */
const PATIENCE = 60
/** Messages after which a run is seen to go well and is left. */
const ENOUGH = 200
const folder = mkdtempSync(join(tmpdir(), 'autogen-files-'))
const withPython = !process.argv.includes('--no-python')
const registry = permit(new Registry(), {
  ...{ mcpCommands: 'any', codeExecution: true, files: folder, output: folder, looksOnly: true },
  python: withPython ? { program: 'python3' } : undefined
})

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The model that answers in the place of every real one: a few answers, then those that end most teams. */
const scripted: Json = {
  provider: 'autogen_ext.models.replay.ReplayChatCompletionClient',
  config: {
    chat_completions: Array.from({ length: 400 }, (_, i) =>
      i < 6 ? `Answer ${i}.` : 'TERMINATE APPROVE DONE exit'
    ),
    model_info: {
      ...{ vision: true, function_calling: true, json_output: true, structured_output: true },
      family: 'gpt-4o'
    }
  }
}

/**
 * A component as it can be run anywhere: its models are scripted, the MCP servers are left out, and the first page of
 * a web surfer is empty. Nothing else is changed.
 */
function runnable(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => !isMcp(item)).map(runnable)
  if (!isObject(value)) return value
  if (isModel(value)) return /replay/i.test(String(value.provider)) ? value : scripted
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => !isMcp(item))
      .map(([key, item]) => [key, key === 'start_page' ? 'about:blank' : runnable(item)])
  )
}
const isModel = ({ provider }: Json): boolean =>
  typeof provider === 'string' && /ChatCompletion(Client|Adapter)|chat_completion_client/.test(provider)
const isMcp = (value: unknown): boolean => isObject(value) && /Mcp/.test(String(value.provider))

/** Runs a team on a task; gives how it ended. */
async function runTeam(component: ComponentModel): Promise<string> {
  let team: Team | undefined
  try {
    team = registry.load<Team>(runnable(component), 'team')
    let said = 0
    const input = async () => (said > 3 ? 'TERMINATE APPROVE exit' : 'Go on.')
    const signal = AbortSignal.timeout(PATIENCE * 1000)
    for await (const item of team.runStream({ task: 'Go on.', signal, input })) {
      if (item.type === 'TaskResult') return item.stopReason ?? 'ended'
      if (++said > ENOUGH) return `${ENOUGH} messages`
    }
    return 'FAILS: no result'
  } catch (error) {
    return `FAILS: ${firstLines(error)}`
  } finally {
    await team?.close()
  }
}

const firstLines = (error: unknown): string => (error as Error).message.split('\n').slice(0, 3).join(' | ')

/** Loads a component, and runs it where it is a team. */
async function tryComponent(file: string, component: ComponentModel): Promise<Tried> {
  const tried = { file, what: component.provider.split('.').at(-1)!, loads: 'yes', runs: '' }
  try {
    const thing = registry.load<object>(component)
    if (thing instanceof Team) tried.runs = await runTeam(component)
    await (thing as { close?(): Promise<void> }).close?.()
  } catch (error) {
    tried.loads = `FAILS: ${firstLines(error)}`
  }
  return tried
}

const kinds: readonly [manager: RegExp, type: string][] = [
  [/Selector/, 'SelectorGroupChat'],
  [/Swarm/, 'Swarm'],
  [/Magentic/, 'MagenticOneGroupChat']
]

/** Loads a state into a team of its participants, and runs that: a state does not say what its team was. */
async function tryState(file: string, document: Extract<Document, { kind: 'state' }>): Promise<Tried> {
  const { managers, participants, state } = document
  const name = managers[0] ?? ''
  const manager = Object.entries(state.agent_states as Json).find(([key]) => key.startsWith(name))?.[1]
  const type = `${name} ${String((manager as Json | undefined)?.type)}`
  const kind = kinds.find(([pattern]) => pattern.test(type))?.[1] ?? 'RoundRobinGroupChat'
  const tried = { file, what: `state of ${kind}`, loads: 'yes', runs: '' }
  const names = participants.filter((one) => one !== 'collect_output_messages')
  const component = {
    provider: `autogen_agentchat.teams.${kind}`,
    config: {
      ...(kind !== 'RoundRobinGroupChat' && kind !== 'Swarm' && { model_client: scripted }),
      max_turns: 2,
      participants: names.map((name) => agentOf(name, state.agent_states as Json, names))
    }
  }
  let team: Team | undefined
  try {
    team = registry.load<Team>(component, 'team')
    team.loadState(state)
    tried.runs = (await team.run({ task: 'Go on.', input: async () => 'Go on.' })).stopReason ?? 'ended'
  } catch (error) {
    tried[team ? 'runs' : 'loads'] = `FAILS: ${firstLines(error)}`
  } finally {
    await team?.close()
  }
  return tried
}

/** An agent that fits a saved state: one that keeps nothing was a person. */
function agentOf(name: string, states: Json, names: readonly string[]): Json {
  const [, saved] = Object.entries(states).find(([key]) => key.split('/')[0] === name) ?? []
  const text = JSON.stringify((saved as Json | undefined)?.agent_state ?? {})
  if (!/llm_/.test(text)) return { provider: 'autogen_agentchat.agents.UserProxyAgent', config: { name } }
  const handoffs = names.filter((other) => other !== name)
  return {
    provider: 'autogen_agentchat.agents.AssistantAgent',
    config: { name, model_client: scripted, handoffs }
  }
}

async function tryFile(file: string): Promise<Tried[]> {
  try {
    const document = await readDocument(file)
    switch (document.kind) {
      case 'component':
        return [await tryComponent(file, document.component)]
      case 'gallery': {
        const all: Tried[] = []
        for (const { at, component } of document.components)
          all.push(await tryComponent(`${file} ${at}`, component))
        return all
      }
      case 'state':
        return [await tryState(file, document)]
      case 'other':
        return [{ file, what: document.what, loads: '', runs: '' }]
    }
  } catch (error) {
    return [{ file, what: `unreadable: ${firstLines(error)}`, loads: '', runs: '' }]
  }
}

const filesIn = (path: string): string[] =>
  statSync(path).isDirectory() ? readdirSync(path).flatMap((name) => filesIn(join(path, name))) : [path]

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ').slice(0, 300)

const paths = process.argv.slice(2).filter((word) => !word.startsWith('--'))
if (paths.length === 0) {
  console.error('node bench/autogen-files.ts [--no-python] FOLDER|FILE…')
  process.exit(2)
}
console.log('| file | what | loads | runs |\n|---|---|---|---|')
const all: Tried[] = []
for (const file of paths.flatMap(filesIn))
  for (const tried of await tryFile(file)) {
    all.push(tried)
    console.log(`| ${[tried.file, tried.what, tried.loads, tried.runs].map(cell).join(' | ')} |`)
  }
const count = (of: (tried: Tried) => boolean) => all.filter(of).length
const fails = ({ loads, runs }: Tried) => loads.startsWith('FAILS') || runs.startsWith('FAILS')
const teams = (tried: Tried) => /GroupChat|Swarm|GraphFlow/.test(tried.what) && !/^state/.test(tried.what)
const states = (tried: Tried) => tried.what.startsWith('state of')
console.log(
  `\n${count((one) => teams(one) && !fails(one))} of ${count(teams)} teams load and run to their end, ` +
    `${count((one) => states(one) && !fails(one))} of ${count(states)} states load and go on, ` +
    `${count((one) => one.loads !== '' && !teams(one) && !states(one) && !fails(one))} of ` +
    `${count((one) => one.loads !== '' && !teams(one) && !states(one))} other components load.`
)
rmSync(folder, { recursive: true, force: true })
process.exit(0)

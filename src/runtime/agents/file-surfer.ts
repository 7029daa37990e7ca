import { z } from 'zod'
import { type ComponentType, type Nested, remember } from '../../machines/component/component.ts'
import {
  type ChatMessage,
  type FunctionCall,
  ModelMessage,
  type TextMessage,
  type Usage
} from '../../machines/messages/index.ts'
import { TroupeError } from '../../protocol/errors.ts'
import { type Agent, type Effect, type Turn, wait } from '../contract/agent.ts'
import type { Model, ToolSchema } from '../models/model.ts'
import { reasonOf } from '../tools/run-tool.ts'
import { FileViewer, type View } from './file-surfer/viewer.ts'
import { heardByModel } from './heard.ts'
import { modelEffect } from './model-effect.ts'
import { AgentName } from './name.ts'

const Config = (nested: Nested) =>
  z.looseObject({
    name: AgentName,
    model_client: nested<Model>('model'),
    description: z.string().nullish()
  })
type Config = z.infer<ReturnType<typeof Config>>

const ViewState = z.object({
  path: z.string(),
  page: z.int().nonnegative(),
  query: z.string().nullable(),
  found: z.int().nullable()
})
const State = z.looseObject({
  llm_context: z.looseObject({ messages: z.array(ModelMessage) }).optional(),
  view: ViewState.nullish()
})

const tool = (name: string, description: string, properties: Record<string, object> = {}): ToolSchema => ({
  name,
  description,
  parameters: { type: 'object', properties, required: Object.keys(properties) }
})
const words = (description: string) => ({ type: 'string', description })

/** What can be done with files. Names and arguments are those of AutoGen's file surfer. */
const tools: readonly ToolSchema[] = [
  tool('open_path', 'Opens a file or a folder and shows its first page.', {
    path: words('The path, absolute or relative to what is open.')
  }),
  tool('page_down', 'Shows the next page of what is open.'),
  tool('page_up', 'Shows the page before.'),
  tool('find_next', 'Shows the next page on which what was searched for stands.'),
  tool('find_on_page_ctrl_f', 'Shows the first page on which a text stands.', {
    search_string: words('The text; * stands for anything.')
  })
]

const usual = 'Opens and reads local files.'

/** What a turn has come to, as JSON. */
type Outcome = { text: string; view: View } | { problem: string }

/** Reads files in a folder that the operator has named, a page at a time. */
export class FileSurfer implements Agent {
  readonly name: string
  readonly description: string
  readonly opening = 'askModel'
  readonly handsOff = false
  readonly #model: Model
  readonly #root: string
  #history: ModelMessage[] = []
  #view: View

  /** `root`: the folder, as it really is on this machine. */
  constructor(config: Config, root: string) {
    if (!config.model_client.info.function_calling)
      throw new Error('The model does not support function calling, which a FileSurfer needs.')
    this.name = config.name
    this.description = config.description ?? usual
    this.#model = config.model_client
    this.#root = root
    this.#view = top(root)
    remember(closedFileSurfer, config, this)
  }

  *respond(heard: readonly ChatMessage[], turn: Turn): Generator<Effect, ChatMessage, unknown> {
    const news = heard.flatMap(heardByModel)
    const { content, usage } = yield* this.#ask(news, turn)
    const outcome: Outcome =
      typeof content === 'string' ? { text: content, view: this.#view } : yield* this.#perform(content)
    const text = 'problem' in outcome ? `File surfing error:\n\n${outcome.problem}` : outcome.text
    news.push({ type: 'AssistantMessage', content: text, thought: null, source: this.name })
    this.#history = [...this.#history, ...news]
    if ('view' in outcome) this.#view = outcome.view
    return this.#reply(turn, text, usage)
  }

  #ask(news: readonly ModelMessage[], turn: Turn) {
    const said = [...this.#history, ...news]
    const open: ModelMessage = {
      type: 'UserMessage',
      source: 'user',
      content: `What is open in the file viewer: ${this.#view.path}`
    }
    return wait(
      modelEffect({
        ...{ step: 'askModel' as const, model: this.#model, systemMessage: null, streams: false, turn },
        id: turn.id(),
        messages: [...said.slice(0, -1), open, ...said.slice(-1)],
        offer: async () => tools
      })
    )
  }

  #perform(calls: readonly FunctionCall[]) {
    const before = this.#view
    return wait<Outcome>({
      step: 'runTools',
      perform: async ({ signal }) => {
        try {
          const viewer = new FileViewer(this.#root, signal)
          let view = before
          for (const call of calls) view = await act(viewer, view, call)
          return { text: await pageText(viewer, view), view }
        } catch (error) {
          signal.throwIfAborted()
          return { problem: reasonOf(error) }
        }
      }
    })
  }

  #reply(turn: Turn, content: string, models_usage: Usage): ChatMessage {
    return turn.reply<TextMessage>({ type: 'TextMessage', source: this.name, content, models_usage })
  }

  reset(): void {
    this.#history = []
    this.#view = top(this.#root)
  }
  async close(): Promise<void> {
    this.#model.close?.()
  }
  /** AutoGen keeps nothing here; what is kept is extra keys, which it passes over. */
  saveState(): Record<string, unknown> {
    const llm_context = { messages: [...this.#history] }
    return { type: 'BaseState', version: '1.0.0', llm_context, view: { ...this.#view } }
  }
  loadState(state: unknown): void {
    const parsed = State.safeParse(state)
    if (!parsed.success)
      throw new TroupeError('bad_state', `The state of agent "${this.name}" is not a file surfer's.`)
    this.#history = parsed.data.llm_context?.messages ?? []
    this.#view = parsed.data.view ?? top(this.#root)
  }
}

const top = (path: string): View => ({ path, page: 0, query: null, found: null })

async function act(
  viewer: FileViewer,
  view: View,
  { name, arguments: written }: FunctionCall
): Promise<View> {
  const args = (written.trim() === '' ? {} : JSON.parse(written)) as Record<string, unknown>
  switch (name) {
    case 'open_path':
      return viewer.open(view, String(args.path ?? '.'))
    case 'page_down':
      return viewer.turn(view, 1)
    case 'page_up':
      return viewer.turn(view, -1)
    case 'find_on_page_ctrl_f':
      return viewer.find(view, String(args.search_string ?? ''))
    case 'find_next':
      return viewer.findNext(view)
    default:
      throw new Error(`Unknown tool '${name}'. There are: ${tools.map((tool) => tool.name).join(', ')}.`)
  }
}

async function pageText(viewer: FileViewer, view: View): Promise<string> {
  const { title, pages } = await viewer.show(view)
  const head = [
    `Path: ${view.path}`,
    ...(title === null ? [] : [`Title: ${title}`]),
    `Viewport position: Showing page ${view.page + 1} of ${pages.length}.`
  ]
  return `${head.join('\n')}\n=======================\n${pages[view.page] ?? ''}`
}

/** The component type of file surfers; `root` is the folder that the operator has named, and without it they are refused. */
export const fileSurfer = (root: string | undefined): ComponentType<FileSurfer, Config> => ({
  provider: 'autogen_ext.agents.file_surfer.FileSurfer',
  kind: 'agent',
  version: 1,
  description: 'Reads local files with a model.',
  config: Config,
  create(config) {
    if (root !== undefined) return new FileSurfer(config, root)
    throw new Error('The operator has named no folder that a FileSurfer may read (--files FOLDER).')
  }
})

const closedFileSurfer = fileSurfer(undefined)

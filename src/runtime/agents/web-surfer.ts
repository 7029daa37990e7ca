import { z } from 'zod'
import { type ComponentType, type Nested, remember } from '../../machines/component/component.ts'
import { type ChatMessage, ModelMessage } from '../../machines/messages/index.ts'
import { TroupeError } from '../../protocol/errors.ts'
import type { Agent, Effect, Turn } from '../contract/agent.ts'
import type { Model } from '../models/model.ts'
import { openEgress } from '../network/egress/egress.ts'
import { writeOutput } from '../tools/built-in/output.ts'
import { AgentName } from './name.ts'
import { Browsers } from './web-surfer/browsers.ts'
import { SurferPage } from './web-surfer/surfer-page.ts'
import { SurferTurn } from './web-surfer/turn.ts'

const START = 'https://www.bing.com/'

const Config = (nested: Nested) =>
  z.looseObject({
    name: AgentName,
    model_client: nested<Model>('model'),
    /** Whether downloads are kept. Where, is the operator's choice. */
    downloads_folder: z.string().nullish(),
    description: z.string().nullish(),
    /** Whether pictures are kept, with `to_save_screenshots`. Where, is the operator's choice. */
    debug_dir: z.string().nullish(),
    headless: z.boolean().default(true),
    start_page: z.string().nullish().default(START),
    animate_actions: z.boolean().default(false),
    to_save_screenshots: z.boolean().default(false),
    use_ocr: z.boolean().default(false),
    browser_channel: z.string().nullish(),
    browser_data_dir: z.string().nullish(),
    to_resize_viewport: z.boolean().default(true)
  })
type Config = z.infer<ReturnType<typeof Config>>

const State = z.looseObject({
  llm_context: z.looseObject({ messages: z.array(ModelMessage) }).optional(),
  url: z.string().nullish()
})

/** What the operator lends web surfers. */
export interface SurferWorld {
  browsers: Browsers
  /** The folder into which downloads and pictures go. */
  output: string
}

const usual =
  'Has a web browser: searches the web, opens pages, clicks, writes into forms, scrolls, sums pages up and answers ' +
  'questions about them.'

/** Looks at web pages with a model that sees, and does one thing on them in each turn. */
export class MultimodalWebSurfer implements Agent {
  readonly name: string
  readonly description: string
  readonly opening = 'askModel'
  readonly handsOff = false
  readonly #config: Config
  readonly #world: SurferWorld
  readonly #metadata = { hash: '' }
  #history: ModelMessage[] = []
  #url: string | null = null
  #open: Promise<{ page: SurferPage; close(): Promise<void> }> | null = null

  constructor(config: Config, world: SurferWorld) {
    if (config.to_save_screenshots && !config.debug_dir)
      throw new Error('to_save_screenshots needs a debug_dir.')
    if (!config.model_client.info.function_calling)
      throw new Error('The model does not support function calling, which a MultimodalWebSurfer needs.')
    this.name = config.name
    this.description = config.description ?? usual
    this.#config = config
    this.#world = world
    remember(closedWebSurfer, config, this)
  }

  *respond(heard: readonly ChatMessage[], turn: Turn): Generator<Effect, ChatMessage, unknown> {
    const parts = {
      name: this.name,
      model: this.#config.model_client,
      history: this.#history,
      page: (signal: AbortSignal) => this.#page(signal),
      metadata: this.#metadata,
      keep: (picture: string) => this.#keep(picture)
    }
    const script = new SurferTurn(parts, heard, turn)
    const reply = yield* script.play()
    this.#history = [...this.#history, ...script.news]
    this.#url = script.url ?? this.#url
    return reply
  }

  /** Which options of its config have no effect; undefined where all have. */
  get note(): string | undefined {
    const { headless, browser_channel, browser_data_dir, animate_actions, use_ocr } = this.#config
    const given = {
      'headless: false': !headless,
      ...{ browser_channel, browser_data_dir, animate_actions, use_ocr }
    }
    const without = Object.entries(given).flatMap(([name, is]) => (is ? [name] : []))
    if (without.length === 0) return undefined
    return `A MultimodalWebSurfer has no window and a browser of the operator's choice (--browser): no effect has ${without.join(', ')}.`
  }

  /** Throws where there is no browser. */
  check(): void {
    this.#world.browsers.check()
  }

  reset(): void {
    this.#history = []
    this.#url = null
    void this.#closePage()
  }

  async close(): Promise<void> {
    this.#config.model_client.close?.()
    await this.#closePage()
  }

  /** AutoGen keeps nothing here; what is kept is extra keys, which it passes over. */
  saveState(): Record<string, unknown> {
    const llm_context = { messages: [...this.#history] }
    return { type: 'BaseState', version: '1.0.0', llm_context, url: this.#url }
  }
  loadState(state: unknown): void {
    const parsed = State.safeParse(state)
    if (!parsed.success)
      throw new TroupeError('bad_state', `The state of agent "${this.name}" is not a web surfer's.`)
    this.#history = parsed.data.llm_context?.messages ?? []
    this.#url = parsed.data.url ?? null
    void this.#closePage()
  }

  async #page(signal: AbortSignal): Promise<SurferPage> {
    this.#open ??= this.#begin(signal)
    const opening = this.#open
    try {
      return (await opening).page
    } catch (error) {
      if (this.#open === opening) this.#open = null
      throw error
    }
  }

  async #begin(signal: AbortSignal) {
    const { context, close } = await this.#world.browsers.context(signal)
    const downloads = this.#config.downloads_folder ? this.#world.output : null
    try {
      const page = await SurferPage.open(context, this.#url ?? this.#config.start_page ?? START, downloads)
      return { page, close }
    } catch (error) {
      await close()
      throw error
    }
  }

  async #closePage(): Promise<void> {
    const open = this.#open
    this.#open = null
    await open?.then(({ close }) => close()).catch(() => {})
  }

  async #keep(picture: string): Promise<void> {
    if (!this.#config.to_save_screenshots) return
    const name = `screenshot_${Date.now()}.png`
    await writeOutput(this.#world.output, name, Buffer.from(picture, 'base64'))
  }
}

/** The component type of web surfers. */
export const webSurfer = (world: SurferWorld): ComponentType<MultimodalWebSurfer, Config> => ({
  provider: 'autogen_ext.agents.web_surfer.MultimodalWebSurfer',
  kind: 'agent',
  version: 1,
  description: 'Looks at web pages with a model and does things on them.',
  config: Config,
  create: (config) => new MultimodalWebSurfer(config, world)
})

const closedWebSurfer = webSurfer({ browsers: new Browsers({ egress: openEgress }), output: '.' })

/** Web surfers of an operator who has said nothing. */
export const usualWebSurfer = closedWebSurfer

import { type Part, person } from '../support/some-teams.ts'
import type { Dice } from './dice.ts'

/** Where the tools and models of a run's agents are. */
export interface Place {
  port: number
  /** The first part of all paths: tells the calls of one server from those of another. */
  world: string
}

/** An agent that one can cast, by what it does. */
export type Role = 'talker' | 'streamer' | 'tooler' | 'thinker' | 'person'

/** The most that one agent is asked to say in a run. */
const LINES = 16

/** Makes agents of random pace. */
export class Casting {
  readonly #dice: Dice
  readonly #place: Place
  #count = 0

  constructor(dice: Dice, place: Place) {
    this.#dice = dice
    this.#place = place
  }

  agent(role: Role): Part {
    const name = `${role}_${++this.#count}`
    return role === 'person' ? person(name) : assistant(name, this.#means(role, name))
  }

  agents(roles: readonly Role[]): Part[] {
    return roles.map((role) => this.agent(role))
  }

  /** A model that gives these answers, at some pace. */
  model(answers: readonly unknown[]): Part {
    return replay(answers, { delay_ms: this.#dice.int(0, 40) })
  }

  #means(role: Exclude<Role, 'person'>, name: string): Record<string, unknown> {
    if (role === 'talker') return { model_client: this.model(lines(name)) }
    if (role === 'streamer') {
      const words = lines(name).map((line) => `${line} in ${this.#dice.int(3, 8)} words or so`)
      const model_client = replay(words, { chunk_delay_ms: this.#dice.int(1, 12) })
      return { model_client, model_client_stream: true }
    }
    return role === 'thinker' ? { model_client: this.#service() } : this.#tooler(name)
  }

  /** A model behind HTTP that says what it was told. */
  #service(): Part {
    const base_url = `http://127.0.0.1:${this.#place.port}/${this.#place.world}/model/${this.#dice.int(0, 60)}`
    return {
      provider: 'autogen_ext.models.openai.OpenAIChatCompletionClient',
      config: { model: 'gpt-4o', api_key: 'none', base_url }
    }
  }

  /** An agent that makes one to three tool calls a turn, and sometimes says something about what came of them. */
  #tooler(name: string): Record<string, unknown> {
    const reflect_on_tool_use = this.#dice.chance(0.5)
    const answers = Array.from({ length: LINES }, (_, turn) => {
      const calls = Array.from({ length: this.#dice.int(1, 3) }, (_, i) => ({
        id: `${name}-${turn}-${i}`,
        name: 'act',
        arguments: JSON.stringify({ call: `${name}-${turn}-${i}` })
      }))
      const usage = { prompt_tokens: 1, completion_tokens: 1 }
      const asked = { finish_reason: 'function_calls', content: calls, usage, cached: false }
      return reflect_on_tool_use ? [asked, `${name} has acted ${turn}`] : [asked]
    })
    return { model_client: this.model(answers.flat()), reflect_on_tool_use, tools: [this.#tool()] }
  }

  #tool(): Part {
    const { port, world } = this.#place
    return {
      provider: 'autogen_ext.tools.http.HttpTool',
      config: {
        ...{ name: 'act', host: '127.0.0.1', port, path: `/${world}/tool/${this.#dice.int(0, 80)}` },
        timeout: 60,
        json_schema: { type: 'object', properties: { call: { type: 'string' } }, required: ['call'] }
      }
    }
  }
}

const lines = (name: string) => Array.from({ length: LINES }, (_, i) => `${name} says ${i + 1}`)

const assistant = (name: string, config: Record<string, unknown>): Part => ({
  provider: 'autogen_agentchat.agents.AssistantAgent',
  config: { name, ...config }
})

const model_info = {
  ...{ vision: false, function_calling: true, json_output: false, structured_output: false },
  family: 'unknown'
}

const replay = (chat_completions: readonly unknown[], pace: Record<string, number>): Part => ({
  provider: 'autogen_ext.models.replay.ReplayChatCompletionClient',
  config: { chat_completions, model_info, ...pace }
})

import type {
  ChatMessage,
  CodeBlock,
  CodeExecutionEvent,
  CodeGenerationEvent,
  CodeResult,
  ModelMessage,
  TextMessage,
  ThoughtEvent
} from '../../../machines/messages/index.ts'
import type { ModelContext } from '../../contexts/context.ts'
import { type Effect, type Turn, wait } from '../../contract/agent.ts'
import type { Model, ModelResult } from '../../models/model.ts'
import { heardByModel } from '../heard.ts'
import { modelEffect } from '../model-effect.ts'
import { codeBlocks, fenced } from './blocks.ts'
import type { CodeExecutor } from './executor.ts'
import { decision, retryPrompt } from './retry.ts'

type Script<Answer> = Generator<Effect, Answer, unknown>

/** Whether code may run. */
export interface Approval {
  approved: boolean
  reason: string
}
/** Looks at code before it runs, with what led to it. */
export type Approve = (code: string, context: readonly ModelMessage[]) => Approval | Promise<Approval>

/** What an agent that runs code works with. */
export interface CodeParts {
  name: string
  executor: CodeExecutor
  /** Without a model it runs what others wrote. */
  model: Model | null
  streams: boolean
  systemMessage: string | null
  context: ModelContext
  languages: readonly string[]
  /** Whose code it runs; null: everybody's. */
  sources: readonly string[] | null
  /** How often the model may mend code that failed. */
  retries: number
  approve: Approve | null
}

/** One turn of an agent that runs code. */
export class CodeTurn {
  /** What goes into the agent's context when the turn has come to its end. */
  readonly news: ModelMessage[]
  readonly #parts: CodeParts
  readonly #turn: Turn
  readonly #heard: readonly ChatMessage[]

  constructor(parts: CodeParts, heard: readonly ChatMessage[], turn: Turn) {
    this.#parts = parts
    this.#turn = turn
    this.#heard = heard
    this.news = parts.model ? heard.flatMap(heardByModel) : []
  }

  /** Runs what others wrote; or has the model write code, runs it, and lets the model say what came of it. */
  *play(): Script<ChatMessage> {
    const { model, languages, sources } = this.#parts
    if (model) return yield* this.#write(model)
    const texts = this.#heard.filter(
      ({ type, source }) => type === 'TextMessage' && (sources?.includes(source) ?? true)
    )
    const blocks = texts.flatMap(({ content }) => codeBlocks(String(content), languages))
    if (blocks.length === 0) return this.#say(nothingToRun)
    return this.#say((yield* this.#run(blocks)).output)
  }

  *#write(model: Model): Script<ChatMessage> {
    const { retries, languages } = this.#parts
    for (let attempt = 0; ; attempt++) {
      const { id, result, content } = yield* this.#ask(model, 'askModel')
      const blocks = codeBlocks(content, languages)
      if (blocks.length === 0) return this.#say(content, { id, models_usage: result.usage })
      this.#tell(attempt, content, blocks)
      const ran = yield* this.#run(blocks)
      this.news.push({ type: 'UserMessage', content: ran.output, source: this.#parts.name })
      const execution = { type: 'CodeExecutionEvent' as const, retry_attempt: attempt, result: ran }
      this.#turn.show<CodeExecutionEvent>({ source: this.#parts.name, ...execution }, 'aside')
      if (ran.exit_code === 0 || attempt >= retries) break
      const { retry, reason } = yield* this.#decide(model, ran)
      if (!retry) break
      this.#tell(attempt, `Attempt number: ${attempt + 1}\nProposed correction: ${reason}`, [])
    }
    const { id, result, content } = yield* this.#ask(model, 'reflect')
    return this.#say(content, { id, models_usage: result.usage })
  }

  *#ask(
    model: Model,
    step: 'askModel' | 'reflect'
  ): Script<{ id: string; result: ModelResult; content: string }> {
    const { name, streams, systemMessage, context } = this.#parts
    const id = this.#turn.id()
    const messages = context.toSend(this.news)
    const result = yield* wait(
      modelEffect({ step, model, streams, systemMessage, messages, id, turn: this.#turn })
    )
    const { content, thought } = result
    if (typeof content !== 'string') throw new Error(`The model of "${name}" called tools, and it has none.`)
    if (thought) this.#turn.show<ThoughtEvent>({ type: 'ThoughtEvent', source: name, content: thought })
    this.news.push({ type: 'AssistantMessage', content, thought, source: name })
    return { id, result, content }
  }

  *#run(blocks: CodeBlock[]): Script<CodeResult> {
    const { executor, approve, context } = this.#parts
    const messages = context.toSend(this.news)
    return yield* wait({
      step: 'runTools',
      async perform({ signal }) {
        const word = await approve?.(fenced(blocks), messages)
        if (word && !word.approved) {
          return { exit_code: 1, output: `Code execution was not approved. Reason: ${word.reason}` }
        }
        return inWords(await executor.execute(blocks, signal))
      }
    })
  }

  *#decide(model: Model, { output }: CodeResult): Script<{ retry: boolean; reason: string }> {
    const { name, context } = this.#parts
    const question: ModelMessage = { type: 'UserMessage', source: name, content: retryPrompt(output) }
    const messages = [...context.toSend(this.news), question]
    const frame = { step: 'askModel' as const, systemMessage: null, streams: false, id: '', turn: this.#turn }
    const { content } = yield* wait(modelEffect({ model, messages, json: decision.schema, ...frame }))
    return decision.read(content)
  }

  // AutoGen shows these two events and does not count them among the messages of the turn.
  #tell(attempt: number, content: string, blocks: CodeBlock[]): void {
    const event = {
      type: 'CodeGenerationEvent' as const,
      retry_attempt: attempt,
      content,
      code_blocks: blocks
    }
    this.#turn.show<CodeGenerationEvent>({ source: this.#parts.name, ...event }, 'aside')
  }

  #say(content: string, more: Partial<Pick<TextMessage, 'id' | 'models_usage'>> = {}): ChatMessage {
    return this.#turn.reply<TextMessage>({ type: 'TextMessage', source: this.#parts.name, content, ...more })
  }
}

const nothingToRun =
  'No code blocks found in the thread. Write at least one between ```python or ```sh and ``` to have it run.'

function inWords({ exit_code, output }: CodeResult): CodeResult {
  if (output.trim() === '') {
    const text = `The script ran but produced no output to console. The POSIX exit code was: ${exit_code}.`
    return { exit_code, output: text }
  }
  if (exit_code === 0) return { exit_code, output }
  const frame = `The script ran, then exited with an error (POSIX exit code: ${exit_code})\nIts output was:\n`
  return { exit_code, output: frame + output }
}

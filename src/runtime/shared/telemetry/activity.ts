/** What is known of a call to a model when it is made. */
export interface ModelCallInfo {
  /** The service, such as `openai`: one of few words. */
  provider: string
  /** As its config names it. */
  model: string | undefined
  stream: boolean
  /** What is asked, as JSON: the messages, the tools. */
  request: { messages: unknown; tools?: unknown }
}

/** What a call to a model came to. */
export interface ModelCallResult {
  usage: { prompt_tokens: number; completion_tokens: number }
  finish_reason: string
  content: unknown
}

/** What is known of a call of a tool when it is made. */
export interface ToolCallInfo {
  name: string
  /** The id that the model has given the call. */
  id: string
  /** JSON as the model has written it. */
  arguments: string
}

/** What a call of a tool came to. */
export interface ToolCallResult {
  content: string
  isError?: boolean
}

/** Something under which more is done: a run, an agent's turn, a call of a tool. */
export interface ActivityScope {
  /** An agent, or the manager of a team, begins a turn. */
  turn(agent: string): Activity
  model(call: ModelCallInfo): Activity<ModelCallResult>
  tool(call: ToolCallInfo): Activity<ToolCallResult>
}

/** Something that is being done, followed for metrics and traces. It is ended once, by `ended` or `failed`. */
export interface Activity<Result = void> extends ActivityScope {
  ended(result: Result): void
  failed(error: unknown): void
}

const idle: Activity<unknown> = {
  turn: () => idle,
  model: () => idle,
  tool: () => idle,
  ended() {},
  failed() {}
}

/** An activity without an observer. */
export const unfollowed = idle as Activity<never> & Activity

/** Does something, and tells an activity what came of it. */
export async function follow<Told, Result extends Told>(
  activity: Activity<Told> | undefined,
  work: () => Promise<Result>
): Promise<Result> {
  if (!activity) return work()
  try {
    const result = await work()
    activity.ended(result)
    return result
  } catch (error) {
    activity.failed(error)
    throw error
  }
}

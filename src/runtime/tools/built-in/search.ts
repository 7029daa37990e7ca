import { reasonOf } from '../run-tool.ts'
import type { ToolCall } from '../tool.ts'
import type { BuiltIn, World } from './built-in.ts'
import { orNull } from './built-in.ts'
import { pageMarkdown } from './web-page.ts'

/** What is asked of a web search, in the words of the tools' arguments. */
export interface SearchArguments {
  query: string
  num_results: number
  include_snippets: boolean
  include_content: boolean
  content_max_length: number | null
  language: string
  country: string | null
}

/** The arguments that all searches have. */
export const searchArguments: Record<string, BuiltIn['parameters']['properties'] & object> = {
  query: { type: 'string' },
  num_results: { type: 'integer', default: 3 },
  include_snippets: { type: 'boolean', default: true },
  include_content: { type: 'boolean', default: true },
  content_max_length: { ...orNull({ type: 'integer' }), default: 10_000 },
  language: { type: 'string', default: 'en' },
  country: orNull({ type: 'string' })
}

/** One thing that was found; the order of its fields is that in which a model reads them. */
export type Found = Record<string, unknown>

/** The page behind a link as Markdown, or what is wrong with it: one bad page does not spoil a search. */
export async function contentOf(
  link: string,
  { content_max_length }: SearchArguments,
  { signal }: ToolCall,
  { egress }: World
): Promise<string> {
  try {
    return await pageMarkdown({ url: link, images: true, longest: content_max_length }, egress, signal)
  } catch (error) {
    signal.throwIfAborted()
    return `Error fetching content: ${reasonOf(error)}`
  }
}

/** A list under a key of an answer; none where it is something else. */
export function listAt(value: unknown, key: string): Found[] {
  const list = (value as Record<string, unknown> | null)?.[key]
  return Array.isArray(list)
    ? list.filter((item): item is Found => typeof item === 'object' && item !== null)
    : []
}

/** A number within bounds. */
export const within = (value: number, least: number, most: number): number =>
  Math.min(Math.max(value, least), most)

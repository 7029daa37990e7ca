import { z } from 'zod'

const Amount = z.number().nonnegative()

/** What a model costs, in the list's currency per so many tokens as the list says. */
export const Price = z.object({
  /** The model's name, without the date of its version: `gpt-4o-mini`. */
  model: z.string().min(1).optional(),
  /** The kind of client, for all its models that have no price of their own: `OllamaChatCompletionClient`. */
  client: z.string().min(1).optional(),
  /** For the tokens of prompts. */
  input: Amount,
  /** For the tokens of answers. */
  output: Amount
})
export type Price = z.infer<typeof Price>

/** A file of prices. Of several entries that fit a model equally well the first one counts. */
export const PriceList = z.object({
  currency: z.string().min(1).default('USD'),
  /** For how many tokens an amount is. */
  per_tokens: z.number().positive().default(1_000_000),
  /** Where the prices are from. */
  source: z.string().optional(),
  models: z.array(
    Price.refine(({ model, client }) => model !== undefined || client !== undefined, {
      message: 'An entry names a model or a client.'
    })
  )
})
export type PriceList = z.infer<typeof PriceList>

/** A model whose price is asked for; either part may be unknown. */
export interface PricedModel {
  name: string | null
  /** The kind of its client. */
  client: string | null
}

// What may follow a model's name: a date, a short version, or a word that says it is the newest.
const VERSION = /^[-@:](latest|preview|\d{3,}(-\d+)*)$/

/** The price of a model: of exactly this one, else without its version, else of its client; null where none is known. */
export function priceOf({ models }: PriceList, { name, client }: PricedModel): Price | null {
  // Services that offer models of several makers put the maker in front.
  const names = name === null ? [] : [name, name.slice(name.lastIndexOf('/') + 1)]
  const exact = models.find(({ model }) => model !== undefined && names.includes(model))
  if (exact) return exact
  const versions = models.filter(
    ({ model }) =>
      model !== undefined &&
      names.some((one) => one.startsWith(model) && VERSION.test(one.slice(model.length)))
  )
  const longest = versions.reduce<Price | null>(
    (best, one) => (best === null || one.model!.length > best.model!.length ? one : best),
    null
  )
  return longest ?? models.find((one) => one.model === undefined && one.client === client) ?? null
}

/** What a number of tokens costs at a price, in the list's currency. */
export const costOf = (
  { per_tokens }: PriceList,
  { input, output }: Price,
  usage: { prompt_tokens: number; completion_tokens: number }
): number => (usage.prompt_tokens * input + usage.completion_tokens * output) / per_tokens

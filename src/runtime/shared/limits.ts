/** How much is taken of what comes from outside. A process has one set; the server's flags change it at the start. */
export const limits = {
  /** Characters of one answer of a model: text, reasoning and arguments of tool calls together. */
  modelAnswer: 32 * 2 ** 20,
  /** Bytes of the body of one answer of a model, decompressed. */
  modelBody: 64 * 2 ** 20,
  /** Characters of the result of one tool call. */
  toolResult: 32 * 2 ** 20,
  /** Characters of the results of all tool calls that a model asks for at once. */
  toolResults: 64 * 2 ** 20,
  /** Bytes of one answer of what a tool asks: a web service, an MCP server. */
  toolBody: 32 * 2 ** 20,
  /** Characters of all durable frames of a run, as JSON, its last one not counted. */
  transcript: 256 * 2 ** 20,
  /** Characters of a team's state, as JSON. */
  state: 64 * 2 ** 20
}

export type Limit = keyof typeof limits

/** A size in the words of people: `32 MiB`. */
export function sizeText(size: number): string {
  const mebi = size / 2 ** 20
  return mebi >= 1 ? `${Number(mebi.toFixed(1))} MiB` : `${Number((size / 2 ** 10).toFixed(1))} KiB`
}

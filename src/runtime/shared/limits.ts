/** How much is taken of what comes from outside. A process has one set; the server's flags change it at the start. */
export const limits = {
  /** Characters of one answer of a model: text, reasoning and arguments of tool calls together. */
  modelAnswer: 32 * 2 ** 20,
  /** Bytes of the body of one answer of a model, decompressed. */
  modelBody: 64 * 2 ** 20
}

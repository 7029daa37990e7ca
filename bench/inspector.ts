import { within } from './waiting.ts'

/** Somebody who looks at the charts of one run: reads its inspection stream to the end and counts the events. */
export class Inspector {
  events = 0
  readonly ended: Promise<void>

  private constructor(body: ReadableStream<Uint8Array>) {
    this.ended = this.#read(body)
    // Whoever waits for it hears of a failure.
    this.ended.catch(() => {})
  }

  /** Begins to look; resolves when the server has answered. */
  static async attach(url: string, run: string): Promise<Inspector> {
    const answer = within(30_000, `the inspection of run ${run}`, fetch(`${url}/api/runs/${run}/inspect`))
    const { status, body } = await answer
    if (status !== 200 || !body) throw new Error(`the inspection of run ${run} was answered with ${status}`)
    return new Inspector(body)
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    let rest = ''
    for await (const text of body.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split('\n')
      rest = lines.pop()!
      this.events += lines.filter((line) => line.startsWith('id: ')).length
    }
  }
}

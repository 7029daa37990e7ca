import { type Client, startFrame } from './client.ts'
import { asking, type Component, stream, talk } from './teams.ts'
import { pause, within } from './waiting.ts'
import { Watcher } from './watcher.ts'

const patience = 60_000

interface Occasion {
  client: Client
  run: string
  /** A number between 0 and 1. */
  chance(): number
  /** The frame with which a person answers. */
  answer: Buffer
}

/** One kind of client: how many of them come a second, and what each does with a run of its own. */
export interface Visit {
  name: string
  perSecond: number
  team: Component
  /** Gives what came; throws where something is missing. */
  go(occasion: Occasion): Promise<{ messages: number; chunks: number }>
}

const [messages, chunks, answers] = [20, 500, 3]

/** All kinds. */
export const visits: readonly Visit[] = [
  {
    name: 'run',
    perSecond: 40,
    team: talk(messages),
    go: (occasion) => through(occasion, talkFrame, messages, 0)
  },
  {
    name: 'stream',
    perSecond: 8,
    team: stream(chunks),
    go: (occasion) => through(occasion, streamFrame, 1, chunks)
  },
  {
    name: 'person',
    perSecond: 5,
    team: asking(answers),
    async go(occasion) {
      const { client, run, answer, chance } = occasion
      const watcher = await Watcher.attach(client.address, run)
      watcher.onInput = () => void pause(500 * chance()).then(() => watcher.send(answer))
      watcher.start(askFrame)
      return ended(watcher, run, 2 * answers, 0)
    }
  },
  {
    name: 'comes back',
    perSecond: 5,
    team: talk(messages, 20),
    async go({ client, run, chance }) {
      const first = await Watcher.attach(client.address, run)
      first.start(slowTalkFrame)
      await pause(300 * chance())
      first.close()
      await first.ended
      await pause(200 * chance())
      const second = await Watcher.attach(client.address, run, `?after=${first.durable}`)
      await within(patience, `the end of run ${run}`, second.ended)
      second.close()
      const seen = first.counts.message + second.counts.message - 1
      if (seen !== messages) throw new Error(`${seen} of ${messages} messages after coming back`)
      return { messages: seen, chunks: 0 }
    }
  },
  {
    name: 'slow',
    perSecond: 2,
    team: stream(chunks),
    async go({ client, run }) {
      const watcher = await Watcher.attach(client.address, run)
      watcher.start(streamFrame)
      watcher.read(false)
      await pause(1_000)
      watcher.read(true)
      return ended(watcher, run, 1, chunks)
    }
  }
]

const talkFrame = startFrame(talk(messages))
const slowTalkFrame = startFrame(talk(messages, 20))
const streamFrame = startFrame(stream(chunks))
const askFrame = startFrame(asking(answers))

async function through({ client, run }: Occasion, start: Buffer, messages: number, chunks: number) {
  const watcher = await Watcher.attach(client.address, run)
  watcher.start(start)
  return ended(watcher, run, messages, chunks)
}

async function ended(watcher: Watcher, run: string, messages: number, chunks: number) {
  await within(patience, `the end of run ${run}`, watcher.ended)
  watcher.close()
  const seen = { messages: watcher.messages, chunks: watcher.counts.message_chunk }
  if (seen.messages !== messages || seen.chunks !== chunks || watcher.counts.result !== 1)
    throw new Error(`${seen.messages} of ${messages} messages, ${seen.chunks} of ${chunks} chunks`)
  return seen
}

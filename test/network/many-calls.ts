/** Makes many calls at once and prints what came of them: `node many-calls.ts <origin> <calls> [max connections]`. */
import { type AnswerReader, exchange } from '../../src/runtime/network/http-exchange.ts'
import { Network } from '../../src/runtime/network/network.ts'

class Nothing implements AnswerReader<void> {
  head() {}
  piece() {
    return 'more' as const
  }
  end() {}
}

const [origin, calls, most] = process.argv.slice(2)
const network = new Network(most === undefined ? {} : { maxConnections: Number(most) })
const dispatcher = await network.dispatcher()
const { signal } = new AbortController()
const all = Array.from({ length: Number(calls) }, () =>
  exchange(dispatcher, { origin: origin!, path: '/', headers: [], body: '{}', signal }, new Nothing())
)
const settled = await Promise.allSettled(all)
const failed = settled.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []))
console.log(JSON.stringify({ ok: settled.length - failed.length, failed }))
await network.close()

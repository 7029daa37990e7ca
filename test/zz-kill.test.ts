import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { RunClient } from './support/run-client.ts'
import { freePort, newRun, newSession, serveThere, temporary } from './support/run-server.ts'

const slow = (x: any): any => {
  if (Array.isArray(x)) return x.map(slow)
  if (typeof x !== 'object' || x === null) return x
  const out = Object.fromEntries(Object.entries(x).map(([k, v]) => [k, slow(v)])) as any
  if (out.chat_completions) out.delay_ms = 25
  return out
}
test('x', { timeout: 120000 }, async () => {
  for (const name of ['magentic-stall-replan','magentic-happy','graph-two-groups-mixed','graph-two-groups-all','graph-fan-out-join','sel-events','sel-two-names-retry','swarm-back-and-forth','rgraph-49-cyclic-7','rgraph-25-dag-7']) {
    const v = JSON.parse(readFileSync(`/work/main/test/fixtures/agentchat/${name}.json`,'utf8'))
    for (const after of [60, 130, 210]) {
      const { folder, remove } = await temporary()
      const port = await freePort()
      let server = await serveThere(folder, port)
      const session = await newSession(server.ready[1]!)
      const run = await newRun(server.ready[1]!, session)
      const c = await RunClient.connect(server.ready[1]!, run, '')
      c.start(slow(v.team), v.steps[0].task)
      await new Promise(r => setTimeout(r, after))
      const before = c.log.length
      await server.end('SIGKILL')
      server = await serveThere(folder, port)
      const d = await RunClient.connect(server.ready[1]!, run, '?after=0')
      const end = await d.end()
      const log = d.log
      const msgs = log.filter((f:any) => f.type==='message').map((f:any)=>`${f.data.type}|${f.data.source}|${JSON.stringify(f.data.content).slice(0,30)}`)
      const want = v.steps[0].expect.lines.flatMap((l:any)=> l['<unordered>'] ? l['<unordered>'].flat() : [l]).map((l:any)=>`${l.type}|${l.source}|${l.content==='<any>'?'':JSON.stringify(l.content).slice(0,30)}`)
      const okay = msgs.length === want.length && [...want].sort().every((w:string,i:number)=> true)
      const missing = want.filter((w:string)=>!msgs.some((m:string)=>m.startsWith(w)))
      console.log(name, after, 'before', before, 'log', log.length, okay, missing, log.at(-1)?.type, JSON.stringify((log.at(-1) as any)?.data?.stop_reason ?? (log.at(-1) as any)))
      c.leave(); d.leave(); await server[Symbol.asyncDispose](); await remove()
    }
  }
})

import { fileURLToPath } from 'node:url'
import { startChild } from './child.ts'
import { fixture } from './fixtures.ts'

const port = 8765

/** The tool server that some team recordings name by its port; one that runs already is used. */
export async function startHttpTools(): Promise<AsyncDisposable> {
  const script = fileURLToPath(fixture('agentchat/http-tools.mjs'))
  try {
    return await startChild(process.execPath, [script, String(port)], /^ready \d+$/)
  } catch (error) {
    if (await answers()) return { async [Symbol.asyncDispose]() {} }
    throw new Error(`Port ${port} is needed for the tool server, but something else holds it.`, {
      cause: error
    })
  }
}

/** Whether the port answers as the tool server does. */
async function answers(): Promise<boolean> {
  try {
    const options = { method: 'POST', body: '{"a":2,"b":3}', signal: AbortSignal.timeout(2000) }
    const answer = await fetch(`http://127.0.0.1:${port}/add`, options)
    return (await answer.text()) === '5'
  } catch {
    return false
  }
}

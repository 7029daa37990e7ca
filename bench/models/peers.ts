import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Server } from '../server.ts'
import { startHelper } from './helper.ts'

const adapters = ['ai-sdk', 'openai-agents', 'langgraph']
const installed = fileURLToPath(new URL('../peers/node_modules', import.meta.url))

/** The adapters of other libraries, where `npm install` was run in `bench/peers`. */
export async function startPeers(): Promise<[string, Server][]> {
  if (!existsSync(installed)) return []
  const start = async (name: string): Promise<[string, Server]> => {
    return [name.replace('-', '_'), await startHelper(`../peers/${name}.ts`)]
  }
  return Promise.all(adapters.map(start))
}

import { spawnSync } from 'node:child_process'
import { isolationHere } from '../../src/runtime/shared/isolation.ts'
import { PythonPool } from '../../src/runtime/tools/python/python-pool.ts'

const asked = spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))'])

/** Whether this machine has a Python that is new enough. */
export const hasPython = asked.status === 0
/** Whether this machine can keep code apart from this process. */
export const canIsolate = isolationHere() !== null

/** Interpreters as an operator would have them here. */
export const pythonPool = (most?: number, hidden: string[] = []): PythonPool =>
  new PythonPool({ program: 'python3', unsafe: !canIsolate, network: true, hidden }, most)

/** A call of a tool without anything around it. */
export const aCall = (more: { signal?: AbortSignal; env?: Record<string, string> } = {}) => ({
  signal: new AbortController().signal,
  env: process.env,
  idempotencyKey: 'key',
  context: undefined,
  ...more
})

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Io } from '../../src/cli/io.ts'

/** A folder that is removed with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Writes files into a folder of the test: objects as JSON, texts as they are. Gives a way to name them. */
export function filesOf(files: Record<string, unknown>): (name: string) => string {
  const folder = temporaryFolder()
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))
  return (name) => join(folder, name)
}

/** Runs a command in this process; gives its exit code and what it wrote. */
export async function runCommandHere(
  command: (args: string[], io: Io) => Promise<number>,
  ...args: string[]
): Promise<{ code: number; out: string; errors: string }> {
  const lines: string[] = []
  let errors = ''
  const io: Io = {
    stdout: (line) => void lines.push(line),
    stderr: (text) => {
      errors += text
    },
    isTerminal: false
  }
  const code = await command(args, io)
  return { code, out: lines.join('\n'), errors }
}

import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** How many reports of earlier deaths are kept. */
const KEPT = 3

/** What a process leaves when it dies of something inside of it, such as memory that does not suffice: a report each. */
export class CrashReports {
  readonly #folder: string

  /** @param folder where the reports are; it is made */
  constructor(folder: string) {
    this.#folder = folder
    mkdirSync(folder, { recursive: true })
  }

  /** What the last process died of, told once; undefined where it did not, or was killed from outside. */
  take(): string | undefined {
    const fresh = this.#files('report.')
    const last = fresh.at(-1)
    const reason = last && reasonIn(join(this.#folder, last))
    for (const file of fresh) renameSync(join(this.#folder, file), join(this.#folder, `taken.${file}`))
    for (const file of this.#files('taken.').slice(0, -KEPT))
      rmSync(join(this.#folder, file), { force: true })
    return reason
  }

  /** Has this process leave a report when it dies. No variable of its environment is in it. */
  leave(): void {
    const { report } = process
    report.directory = this.#folder
    report.reportOnFatalError = true
    report.excludeEnv = true
    // Names of addresses are not asked for: a process that dies has no time. The declarations lack it.
    Object.assign(report, { excludeNetwork: true })
  }

  /** Oldest first: their names hold their times. */
  #files(start: string): string[] {
    return readdirSync(this.#folder)
      .filter((file) => file.startsWith(start) && file.endsWith('.json'))
      .sort()
  }
}

function reasonIn(file: string): string {
  try {
    const { header } = JSON.parse(readFileSync(file, 'utf8'))
    return String(header.event)
  } catch {
    return 'unknown'
  }
}

import type { ComponentModel } from '../machines/component/component.ts'
import { whatIs } from '../runtime/components/documents/describe.ts'
import { mend } from '../runtime/components/documents/mend.ts'
import { readDocument } from '../runtime/components/documents/read-document.ts'
import type { Document } from '../runtime/components/documents/recognize.ts'
import { writeMended } from '../runtime/components/documents/write-mended.ts'
import { fieldsWithoutEffect, problemsInside, remarksOn } from '../runtime/components/problems.ts'
import { dump, type Registry } from '../runtime/components/registry.ts'
import { Team } from '../runtime/team/team.ts'
import { command, type Io, parse } from './io.ts'
import { type PermissionFlags, permissionFlags, registryFor } from './permission-flags.ts'

interface Options extends PermissionFlags {
  dump?: boolean
  fix?: boolean
}

/** `troupe validate FILE…`: checks component files, says what is wrong and where. */
export async function validateCommand(args: string[], io: Io): Promise<number> {
  const program = command('troupe validate', 'Checks component files.', io)
    .argument('<file...>', 'components and galleries, in JSON or YAML')
    .option('--dump', 'print only the JSON of the component as loaded')
    .option('--fix', 'write what can be mended into the file; what was there goes into FILE.orig')
  for (const option of permissionFlags('plain')) program.addOption(option)
  const done = parse(program, args)
  if (done !== undefined) return done
  const options = program.opts<Options>()
  try {
    // Nothing is started here, but Python where it is allowed.
    const { registry } = await registryFor(options, { everything: true })
    let good = true
    for (const file of program.args) good = (await new Check(file, registry, options, io).run()) && good
    return good ? 0 : 1
  } catch (error) {
    io.stderr(`troupe: ${(error as Error).message}\n`)
    return 1
  }
}

/** The check of one file. */
class Check {
  readonly #file: string
  readonly #registry: Registry
  readonly #options: Options
  readonly #io: Io

  constructor(file: string, registry: Registry, options: Options, io: Io) {
    this.#file = file
    this.#registry = registry
    this.#options = options
    this.#io = io
  }

  /** Says what there is to say; gives whether the file is good. */
  async run(): Promise<boolean> {
    try {
      const document = await readDocument(this.#file)
      return this.#options.fix ? await this.#fix(document) : await this.#check(document)
    } catch (error) {
      const { message } = error as Error
      this.#say(message.startsWith(this.#file) ? message : `${this.#file}: ${message}`, true)
      return false
    }
  }

  async #check(document: Document): Promise<boolean> {
    if (document.kind === 'component') {
      for (const change of document.changes) this.#tell(`read as one of today: ${change}`)
      return this.#component(document.component, '')
    }
    if (document.kind !== 'gallery') {
      this.#say(`${this.#file}: ${whatIs(document)}`, true)
      return false
    }
    for (const change of document.changes) this.#tell(`read as one of today: ${change}`)
    const results: boolean[] = []
    for (const { at, component } of document.components) results.push(await this.#component(component, at))
    const bad = results.filter((good) => !good).length
    this.#tell(
      `a gallery of ${results.length} components, ${bad === 0 ? 'all valid' : `${bad} of them not valid`}`
    )
    return bad === 0
  }

  async #component(component: ComponentModel, at: string): Promise<boolean> {
    const where = (place: string) => [at, place].filter(Boolean).join('.') || 'component'
    let thing: object
    try {
      thing = this.#registry.load<object>(component)
      if (!this.#options.dump && thing instanceof Team) thing.check()
    } catch (error) {
      for (const line of (error as Error).message.split('\n'))
        this.#say(this.#line(at ? `${at}.${line}` : line), true)
      return false
    }
    if (this.#options.dump) {
      this.#io.stdout(JSON.stringify(dump(thing), null, 2))
      return true
    }
    try {
      const problems = await problemsInside(thing, new AbortController().signal)
      for (const { place, text } of problems) this.#say(this.#line(`${where(place)}: ${text}`), true)
      if (problems.length > 0) return false
      this.#tell(at ? `${at}: valid` : 'valid')
      const remarks = [...remarksOn(thing), ...fieldsWithoutEffect(component, this.#registry)]
      for (const { place, text } of remarks) this.#tell(`${where(place)}: ${text}`)
      return true
    } finally {
      await (thing as { close?(): Promise<void> }).close?.()
    }
  }

  async #fix(document: Document): Promise<boolean> {
    if (document.kind === 'state' || document.kind === 'other') return this.#check(document)
    const { value, changes, problems } = mend(document, this.#registry)
    for (const change of changes) this.#tell(`mended: ${change}`)
    for (const problem of problems) this.#say(this.#line(problem), true)
    if (changes.length > 0)
      this.#tell(`written; what was there is in ${await writeMended(this.#file, value)}`)
    else if (problems.length === 0) this.#tell('valid, nothing to mend')
    return problems.length === 0
  }

  #line(text: string): string {
    return `${this.#file}: ${text}`
  }

  #tell(text: string): void {
    this.#say(this.#line(text), false)
  }

  /** With `--dump` only the component goes to stdout. */
  #say(text: string, bad: boolean): void {
    if (!this.#options.dump) for (const line of text.split('\n')) this.#io.stdout(line)
    else if (bad) this.#io.stderr(`${text}\n`)
  }
}

import type { TeamContext } from '../contract/agent.ts'
import { UsageMeter } from '../contract/usage.ts'
import type { Counters } from '../journal/checkpoint.ts'
import type { Model } from '../models/model.ts'
import { deterministicIds } from '../shared/deterministic-ids.ts'

/** A source of ids, and how many were taken from it. */
interface IdSource {
  next(): string
  taken: number
}

/**
 * What a run counts while it goes on: the keys of effects, the ids of messages and the positions of models follow from
 * it. A run that goes on from a checkpoint counts on from there; what was counted for a team or a model is given back
 * to it when the run first meets it.
 */
export class RunCounters {
  /** What the model calls have used, also those before a replay. */
  readonly usage = new UsageMeter()
  /** The UUID from which the ids of the run follow. */
  #seed: string
  readonly #ids = new Map<string, IdSource>()
  readonly #teams = new Map<string, TeamContext>()
  readonly #calls = new Map<string, number>()
  /** The models that are asked, with the path of the speaker who asks. */
  readonly #models = new Map<Model, string>()
  readonly #paths = new Set<string>()
  /** What is counted does not say where the models are: two speakers ask the same one, or one asks two. */
  #isLost = false
  /** What a checkpoint has counted and was not given back yet. */
  readonly #restored: Pick<Counters, 'ids' | 'turns' | 'choices'>

  constructor(seed: string, counters?: Counters) {
    this.#seed = counters?.seed ?? seed
    this.#restored = {
      ids: { ...counters?.ids },
      turns: { ...counters?.turns },
      choices: { ...counters?.choices }
    }
    for (const [path, calls] of Object.entries(counters?.calls ?? {})) this.#calls.set(path, calls)
    for (const spent of counters?.spent ?? []) this.usage.add(spent, spent.calls)
  }

  /** A source of UUIDs for `key`: the same ones in each replay. */
  ids(key: string): () => string {
    return deterministicIds(this.#seed, key)
  }

  /** The next UUID of the run's one source for `key`. */
  id(key: string): string {
    let source = this.#ids.get(key)
    if (!source) {
      source = { next: this.ids(key), taken: this.#restored.ids[key] ?? 0 }
      for (let i = 0; i < source.taken; i++) source.next()
      this.#ids.set(key, source)
    }
    source.taken++
    return source.next()
  }

  /** From now on ids follow from another seed. */
  reseed(seed: string): void {
    this.#seed = seed
    this.#ids.clear()
    this.#restored.ids = {}
  }

  /** A team joins the run under a path, for the first time or again. */
  addTeam(path: string, team: TeamContext): void {
    this.#teams.set(path, team)
    const { turns, choices } = this.#restored
    for (const [name, ended] of Object.entries(turns[path] ?? {})) {
      const participant = team.participants.get(name)
      if (participant) participant.turns = ended
    }
    if (choices[path] !== undefined) team.choices = choices[path]
    delete turns[path]
    delete choices[path]
  }

  team(path: string): TeamContext {
    return this.#teams.get(path)!
  }

  /** A speaker is about to ask a model: one that has a position is brought to where it was. */
  asks(path: string, model: Model): void {
    if (!model.replayed || this.#models.get(model) === path) return
    if (this.#models.has(model) || this.#paths.has(path)) this.#isLost = true
    else for (let i = this.#calls.get(path) ?? 0; i > 0; i--) model.replayed()
    this.#models.set(model, path)
    this.#paths.add(path)
  }

  /** An effect asks a model without saying which. */
  loseTrack(): void {
    this.#isLost = true
  }

  /** The model has answered, or the recording has its answer. */
  asked(path: string, model: Model): void {
    if (model.replayed) this.#calls.set(path, (this.#calls.get(path) ?? 0) + 1)
  }

  /** What was counted so far, for a checkpoint; null where a run could not count on from it. */
  save(): Counters | null {
    if (this.#isLost) return null
    const { ids, turns, choices } = this.#restored
    const saved = { ids: { ...ids }, turns: { ...turns }, choices: { ...choices } }
    for (const [key, { taken }] of this.#ids) saved.ids[key] = taken
    for (const [path, team] of this.#teams) {
      saved.turns[path] = Object.fromEntries([...team.participants].map(([name, { turns }]) => [name, turns]))
      saved.choices[path] = team.choices
    }
    return { seed: this.#seed, ...saved, calls: Object.fromEntries(this.#calls), spent: this.usage.byModel }
  }
}

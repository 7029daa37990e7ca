import type { TeamOutline } from '../../../src/runtime/inspection/team-outline.ts'

/** The mark of a speaker: its colour, and the letters in it. */
export interface Mark {
  /** A hue in degrees; null for those who have no colour, such as the user. */
  hue: number | null
  letters: string
}

// Far from each other, also for most who see colours differently; neighbours in a team differ most.
const HUES = [268, 195, 35, 150, 328, 80, 235, 12, 120, 300]

/** The marks of all who may speak in a run: in one team no two are alike. */
export class People {
  readonly #marks = new Map<string, Mark>()

  constructor(outline: TeamOutline | null) {
    this.#addTeam(outline)
  }

  /** The mark of a member or person. */
  mark(name: string): Mark {
    const known = this.#marks.get(name)
    if (known) return known
    // Of those who stand in no team each gets the next colour.
    const hue = isOutside(name) ? null : HUES[this.#marks.size % HUES.length]!
    const mark = { hue, letters: initials(name) }
    this.#marks.set(name, mark)
    return mark
  }

  #addTeam(team: TeamOutline | null): void {
    const names = team?.members.map(({ name }) => name) ?? []
    const letters = lettersOf(names)
    for (const name of names)
      if (!this.#marks.has(name))
        this.#marks.set(name, { hue: HUES[this.#marks.size % HUES.length]!, letters: letters.get(name)! })
    for (const member of team?.members ?? []) this.#addTeam(member)
  }
}

// The user, and the managers of teams.
const isOutside = (name: string): boolean =>
  name === 'user' || name === 'system' || name === '' || /(Manager|Orchestrator)$/.test(name)

const wordsIn = (name: string): string[] =>
  name.split(/[^\p{L}\p{N}]+|(?<=\p{Ll})(?=\p{Lu})/u).filter(Boolean)

/** One or two letters for a name: `user_proxy` is UP. */
export function initials(name: string): string {
  const words = wordsIn(name)
  const letters =
    words.length > 1 ? words[0]!.slice(0, 1) + words[1]!.slice(0, 1) : (words[0] ?? name).slice(0, 2)
  return letters.toUpperCase()
}

/** Letters for each name of a team, no two alike: `member_07` is M7 where there are more members. */
function lettersOf(names: readonly string[]): Map<string, string> {
  const ways: ((name: string, at: number) => string)[] = [
    lettered,
    numbered,
    firstAndLast,
    (_, at) => `${at + 1}`
  ]
  const found = new Map<string, string>()
  for (const way of ways) {
    const rest = names.map((name, at) => [name, way(name, at)] as const).filter(([name]) => !found.has(name))
    const counts = Map.groupBy(rest, ([, letters]) => letters)
    const taken = new Set(found.values())
    for (const [name, letters] of rest)
      if (letters !== '' && counts.get(letters)!.length === 1 && !taken.has(letters)) found.set(name, letters)
  }
  for (const [at, name] of names.entries()) if (!found.has(name)) found.set(name, `${at + 1}`)
  return found
}

// Of `member_01` to `member_20` all would be M0, M1 and M2: their numbers say more.
const lettered = (name: string): string => (/\d/.test(initials(name)) ? '' : initials(name))

function numbered(name: string): string {
  const number = name
    .match(/\d+/g)
    ?.at(-1)
    ?.slice(-3)
    .replace(/^0+(?=\d)/, '')
  return number === undefined ? '' : `${name.slice(0, 1)}${number}`.toUpperCase()
}

const firstAndLast = (name: string): string => {
  const words = wordsIn(name)
  return (words.at(0)?.slice(0, 1) ?? '').concat(words.at(-1)?.slice(-1) ?? '').toUpperCase()
}

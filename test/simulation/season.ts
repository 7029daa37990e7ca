import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Company, type Fall } from './company.ts'
import { Dice } from './dice.ts'
import { flood } from './flood.ts'
import type { Service } from './service.ts'
import { Tally } from './tally.ts'
import { Theatre } from './theatre.ts'

/** How many runs are under way at once on one server. */
const AT_ONCE = 12

/** What is to happen in all. */
export interface SeasonOptions {
  seed: number
  runs: number
  /** How often servers fall, each way. */
  falls: Record<Fall, number>
  /** How many clients are to fall asleep over a run that says too much. */
  sleepers: number
  servers: number
  folder: string
  service: Service
}

/** Plays many runs on several servers that fall again and again. Throws the first thing that is not as it should be. */
export async function playSeason(options: SeasonOptions): Promise<Tally> {
  const { servers, service } = options
  const tally = new Tally()
  service.onRepeat = () => tally.note('repeatedCall')
  let begun = 0
  const next = (needed: boolean) => (begun < options.runs || needed ? begun++ : undefined)
  const theatres: Theatre[] = []
  try {
    await Promise.all(Array.from({ length: servers }, (_, i) => playOn(i, options, tally, next, theatres)))
  } finally {
    // Where one fails the others are still at it.
    await Promise.all(theatres.map((theatre) => theatre.close()))
  }
  if (service.problems.length > 0) throw new Error(service.problems.slice(0, 5).join('\n'))
  return tally
}

async function playOn(
  index: number,
  options: SeasonOptions,
  tally: Tally,
  next: (needed: boolean) => number | undefined,
  theatres: Theatre[]
): Promise<void> {
  const { seed, folder, service, falls, servers } = options
  const name = `server${index}`
  await mkdir(join(folder, name))
  const theatre = await Theatre.open(name, join(folder, name), service)
  theatres.push(theatre)
  let falling = true
  const company = new Company({ theatre, service, tally, seed, next: () => next(falling) })
  const dice = new Dice(seed * 101 + index)
  const sleepers = Math.ceil(options.sleepers / servers)
  const all = Object.entries(falls).flatMap(([fall, count]) =>
    Array<Fall>(Math.ceil(count / servers)).fill(fall as Fall)
  )
  const fall = company.fall(dice.shuffle(all), dice).finally(() => {
    falling = false
  })
  try {
    await Promise.all([fall, ...Array.from({ length: AT_ONCE }, () => company.play())])
    await flood(sleepers, { theatre, service, tally, dice })
  } finally {
    await theatre.close()
  }
  await company.audit()
}

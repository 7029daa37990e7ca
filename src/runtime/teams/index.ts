import { roundRobinGroupChat } from './round-robin.ts'

/** Every team that a config may name. */
export const teams = [roundRobinGroupChat] as const

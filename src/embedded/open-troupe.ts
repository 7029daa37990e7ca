import { demandOptions } from '../machines/shared/option-names.ts'
import { demandLimits, type RunLimits } from '../protocol/run-options.ts'
import { demandGuards, type Guard } from '../runtime/contract/guards.ts'
import { demandHooks, type Hooks } from '../runtime/contract/hooks.ts'
import { Runtime, type RuntimeOptions } from '../runtime/host/runtime.ts'
import { openEgress } from '../runtime/network/egress/egress.ts'
import type { Store } from '../runtime/store/store.ts'
import type { Tool } from '../runtime/tools/tool.ts'
import { environmentOf } from '../server/rest/settings.ts'
import { type Registered, registryOf } from './registered.ts'
import { openedStore } from './stores.ts'
import { Troupe } from './troupe.ts'
import type { ContextOption, Needs, TeamSources } from './typing.ts'

/** What a program runs its teams with, besides what their tools are given. */
export interface TroupeSettings<Teams extends TeamSources, Tools extends readonly Tool[]>
  extends Omit<Registered, 'teams' | 'tools'>,
    Pick<RuntimeOptions, 'clock' | 'env' | 'log' | 'retainDays' | 'disconnectPolicy' | 'network'> {
  /** Where runs are kept: `sqlite('desk.db')`, `postgres('postgres://…')`, or a store of one's own. */
  store: Store
  /** The teams that can be started, by name. A later process gives the same names again. */
  teams?: Teams
  /** Tools that components name. Teams in code have their tools already; here the compiler checks what they are given. */
  tools?: Tools
  /** What ends each run, unless the run or its team says otherwise. */
  limits?: RunLimits
  /** Functions that hear what all runs do. */
  on?: Hooks
  /** Look at tasks and at what is said in all runs, before the guards of teams. */
  guards?: readonly Guard[]
}

/** The options of `openTroupe`. */
export type TroupeOptions<
  Teams extends TeamSources,
  Tools extends readonly Tool[],
  Context = Needs<Teams, Tools>
> = TroupeSettings<Teams, Tools> & ContextOption<Needs<Teams, Tools>, Context>

const names: readonly (keyof TroupeSettings<TeamSources, readonly Tool[]> | 'context')[] = [
  ...(['store', 'teams', 'tools', 'agents', 'conditions', 'models', 'memories', 'permissions'] as const),
  ...([
    'context',
    'limits',
    'on',
    'guards',
    'clock',
    'env',
    'log',
    'retainDays',
    'disconnectPolicy',
    'network'
  ] as const)
]

/**
 * Opens the durable runtime in this process: its runs are kept in the store, and go on in a later process where this one
 * left them. Several may be open at once, each with a store of its own.
 *
 * @param options where runs are kept, which teams there are, and what their tools are given
 * @throws `unknown_option`, what is wrong with a team, and where the store cannot be opened or another process has it
 * @example
 * const troupe = await openTroupe({ store: sqlite(':memory:'), teams: { desk: () => new RoundRobinGroupChat([clerk], { maxTurns: 1 }) } })
 * const run = await troupe.start('desk', 'Refund order 7', { user: 'ann' })
 * console.log((await run.result()).output)
 * await troupe.close()
 */
export async function openTroupe<
  const Teams extends TeamSources = Readonly<Record<string, never>>,
  const Tools extends readonly Tool[] = readonly [],
  Context extends Needs<Teams, Tools> = Needs<Teams, Tools>
>(options: TroupeOptions<Teams, Tools, Context>): Promise<Troupe<Teams>> {
  demandOptions('openTroupe', options, names)
  const {
    store: given,
    context,
    limits,
    on,
    clock,
    env,
    log,
    retainDays,
    disconnectPolicy,
    network
  } = options
  demandLimits(limits)
  demandHooks(on)
  demandGuards(options.guards)
  const registry = registryOf(options)
  registry.guards.push(...(options.guards ?? []))
  const lost = Promise.withResolvers<never>()
  lost.promise.catch(() => {})
  const store = await openedStore(given, { taken: lost.reject, now: clock && (() => clock.now()) })
  // What users have set may lead elsewhere: teams of the program do not go there with its keys.
  const envOf = async (user: string | null, isTenant: boolean) =>
    isTenant ? environmentOf({ store, vault: runtime.vault }, user) : {}
  const runtime: Runtime = new Runtime({
    ...{ envOf, on, limits },
    ...{ store, registry, context, clock, env, log, retainDays, disconnectPolicy },
    network: network ?? options.permissions?.egress?.network
  })
  void runtime.recover()
  const egress = options.permissions?.egress ?? openEgress
  return new Troupe<Teams>({
    egress,
    runtime,
    teams: Object.keys(options.teams ?? {}),
    lost: lost.promise
  })
}

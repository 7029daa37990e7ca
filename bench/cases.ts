import type { Case } from './case.ts'
import { fanOut, fanOutPaced } from './cases/fan-out.ts'
import { idle, idleWorkers } from './cases/idle.ts'
import { inspected } from './cases/inspected.ts'
import { long } from './cases/long.ts'
import { mixed } from './cases/mixed.ts'
import { modelCases } from './cases/models.ts'
import { replay } from './cases/replay.ts'
import { revival } from './cases/revival.ts'
import { runs } from './cases/runs.ts'
import { soak } from './cases/soak.ts'
import { startup } from './cases/startup.ts'
import { stop } from './cases/stop.ts'
import { stream } from './cases/stream.ts'
import { waiting } from './cases/waiting.ts'

/** All cases, in the order in which `all` runs them. */
export const cases: readonly Case[] = [
  startup,
  runs,
  inspected,
  stream,
  fanOut,
  fanOutPaced,
  replay,
  mixed,
  idle,
  idleWorkers,
  soak,
  waiting,
  long,
  revival,
  stop,
  ...modelCases
]

import { Histogram } from './histogram.ts'
import { Labelled } from './labelled.ts'

/** Bounds in seconds for what takes parts of a millisecond when all is well. */
const SHORT = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]
/** Bounds in seconds for calls to others. */
const LONG = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300]

/**
 * What a process has counted since it began. Plain numbers, because they are changed where every message and every
 * chunk passes by; who shows them reads them now and then.
 */
export class Metrics {
  runsStarted = 0
  readonly runsEnded = new Labelled('status')
  /** `message` frames that runs have appended. */
  messages = 0
  /** Pieces of answers that were published. */
  chunks = 0
  /** How long a group commit takes, in seconds. */
  readonly commits = new Histogram(SHORT)
  commitFailures = 0
  /** How much later than asked for the event loop does something, in seconds. */
  readonly loopDelay = new Histogram(SHORT)
  readonly modelCalls = new Labelled('provider', 'outcome')
  /** How long calls to models take, in seconds, whatever the provider. */
  readonly modelSeconds = new Histogram(LONG)
  readonly tokens = new Labelled('provider', 'kind')
  readonly toolCalls = new Labelled('outcome')
  /** Why something was refused or has failed, by the code that clients are given. */
  readonly errors = new Labelled('code')
  readonly requests = new Labelled('method', 'status')
  sockets = 0
  socketsOpened = 0
  /** The sockets that the server has closed, by close code. */
  readonly socketsClosed = new Labelled('code')
}

import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type {
  ActorView,
  ChartPhase,
  ClientError,
  ClientRun,
  Connection,
  Draft,
  PendingInput,
  RunChart,
  RunMessage,
  RunStatus,
  StartOptions
} from '../client/index.ts'
import { connect } from '../client/index.ts'
import { type Server, useChanges } from './use-changes.ts'

/** Which run is shown. */
export interface UseRunOptions extends Server {
  /** The id of a run; without one there is none until `start` is called. */
  run?: number | null
}

/** The statecharts of a run at present. */
export interface Statechart {
  readonly phase: ChartPhase
  readonly run: ActorView | null
  readonly manager: ActorView | null
  readonly participants: Readonly<Record<string, ActorView>>
  /** All actors, those of nested teams too. */
  readonly actors: readonly ActorView[]
}

/** A run as a component shows and steers it. */
export interface UsedRun {
  /** The run's id; null before there is one. */
  readonly id: number | null
  readonly status: RunStatus | null
  /** The messages that are whole. */
  readonly messages: readonly RunMessage[]
  /** The messages that are being written. */
  readonly drafts: readonly Draft[]
  readonly questions: readonly PendingInput[]
  readonly connection: Connection
  /** Why the run cannot be followed. */
  readonly error: ClientError | null
  /** The statecharts; followed only where this is read. Null until they are known. */
  readonly chart: Statechart | null
  /** Starts another run and shows it. */
  start(options: StartOptions): Promise<ClientRun>
  answer(response: string, request_id?: string): Promise<void>
  approve(request_id?: string): Promise<void>
  reject(reason?: string, request_id?: string): Promise<void>
  pause(): Promise<void>
  resume(): Promise<void>
  stop(options?: Parameters<ClientRun['stop']>[0]): Promise<void>
}

const nothing: readonly never[] = []

/**
 * Follows a run, and steers it. The connection is closed when the component goes.
 *
 * @param options where the server is, and which run is shown; another run or server is followed at once
 * @throws nothing: `error` says why a run cannot be followed, and what a command is refused for rejects its promise
 * @example
 * const { messages, drafts, questions, status, start, answer } = useRun({ url: 'http://127.0.0.1:8081', run: 7 })
 */
export function useRun({ run: given = null, ...server }: UseRunOptions): UsedRun {
  const { url, token, user } = server
  const [started, setStarted] = useState<{ id: number; instead: number | null } | null>(null)
  // A run that was started here is shown until another one is asked for.
  const id = started && started.instead === given ? started.id : given
  const run = useFollowedRun(server, id)
  useChanges(run)
  const [wantsChart, chart] = useChart(run)
  const all = run?.messages()
  const messages = useMemo(() => all?.filter(({ draft }) => !draft) ?? nothing, [all])

  const start = useCallback(
    async (options: StartOptions) => {
      const fresh = await connect(url, { token, user }).start(options)
      setStarted({ id: fresh.id, instead: given })
      return fresh
    },
    [url, token, user, given]
  )
  const commands = useMemo(() => commandsOf(run), [run])
  return {
    ...{ id, messages, start, ...commands },
    status: run?.status ?? null,
    drafts: run?.drafts ?? nothing,
    questions: run?.questions ?? nothing,
    connection: run?.connection ?? 'idle',
    error: run?.error ?? null,
    get chart() {
      wantsChart()
      return chart
    }
  }
}

/**
 * Follows the statecharts of a run.
 *
 * @param options where the server is, and which run is shown
 * @example
 * const chart = useStatechart({ url, run: 7 })
 * return <p>{JSON.stringify(chart?.participants.critic?.value)}</p>
 */
export function useStatechart({ run: id = null, ...server }: UseRunOptions): Statechart | null {
  const run = useFollowedRun(server, id)
  const [wantsChart, chart] = useChart(run)
  wantsChart()
  return chart
}

/** A run of its own for a component, closed with it. */
function useFollowedRun({ url, token, user }: Server, id: number | null): ClientRun | null {
  const [run, setRun] = useState<ClientRun | null>(null)
  useEffect(() => {
    if (id === null) return setRun(null)
    const client = connect(url, { token, user })
    setRun(client.run(id))
    return () => client.close()
  }, [url, token, user, id])
  return run?.id === id ? run : null
}

/** How a component says that it reads the charts, and how they stand. */
function useChart(run: ClientRun | null): [wants: () => void, chart: Statechart | null] {
  const wanted = useRef(false)
  const [chart, setChart] = useState<Statechart | null>(null)
  useEffect(() => {
    setChart(null)
    if (!run || !wanted.current) return
    const show = () => setChart(run.chart.phase === 'loading' ? null : shownChart(run.chart))
    return run.chart.subscribe(show)
  }, [run])
  const wants = useCallback(() => {
    wanted.current = true
  }, [])
  return [wants, chart]
}

const shownChart = ({ phase, run, manager, participants, actors }: RunChart): Statechart => ({
  ...{ phase, run, manager, participants, actors }
})

const noRun = async (): Promise<never> => {
  throw new Error('There is no run yet: give one, or start one.')
}

function commandsOf(run: ClientRun | null) {
  return {
    answer: (response: string, request_id?: string) => run?.answer(response, request_id) ?? noRun(),
    approve: (request_id?: string) => run?.approve(request_id) ?? noRun(),
    reject: (reason?: string, request_id?: string) => run?.reject(reason, request_id) ?? noRun(),
    pause: () => run?.pause() ?? noRun(),
    resume: () => run?.resume() ?? noRun(),
    stop: (options?: Parameters<ClientRun['stop']>[0]) => run?.stop(options) ?? noRun()
  }
}

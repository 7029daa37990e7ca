import { TroupeError } from '../../protocol/errors.ts'
import { optional } from '../../runtime/packages/optional.ts'
import { errorResponse } from '../http/error-status.ts'
import type { HttpHandler, HttpRequest, HttpResponse } from '../http/http.ts'
import { errorBody, HttpError } from '../http/http.ts'
import { CachedCount } from './cached-count.ts'
import type { Exposition, MetricSources } from './exposition.ts'
import { type MetricsRules, mayReadMetrics } from './metrics-access.ts'

/** Answers `GET /metrics`. What writes the format is loaded when it is asked for the first time. */
export function metricsEndpoint(sources: MetricSources, rules: MetricsRules): HttpHandler {
  const counted = new CachedCount(sources.runsByStatus)
  let exposition: Promise<Exposition> | undefined
  const load = async () => {
    const { Exposition } = await optional(
      () => import('./exposition.ts'),
      'prom-client',
      'which writes metrics for Prometheus'
    )
    return new Exposition({ ...sources, runsByStatus: () => counted.get() })
  }
  return async (request) => {
    const refused = await refusal(request, rules)
    if (refused) return refused
    exposition ??= load()
    const { contentType } = await exposition
    const bytes = Buffer.from(await (await exposition).text())
    return { status: 200, headers: { 'content-type': contentType, 'cache-control': 'no-store' }, bytes }
  }
}

async function refusal(request: HttpRequest, rules: MetricsRules): Promise<HttpResponse | undefined> {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return { status: 405, headers: { allow: 'GET, HEAD' }, body: { detail: 'Method Not Allowed' } }
  try {
    if (await mayReadMetrics(request, rules)) return undefined
    return errorResponse(new TroupeError('admins_only'))
  } catch (error) {
    if (error instanceof HttpError) return errorBody(error)
    throw error
  }
}

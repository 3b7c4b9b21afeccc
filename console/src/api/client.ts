import type { DecideRequest, Decision } from './decision.ts'
import type { Demo } from './demo.ts'
import type { EngineStatus } from './engineStatus.ts'
import type { Item } from './item.ts'
import type { RecentEvents } from './liveEvent.ts'
import type { ProfileView } from './profileView.ts'
import { refusalOf, RequestError } from './requestError.ts'
import type { SegmentTrack } from '../state/segmentTrack.ts'

/** Everything the console asks of the server; each call fails with a `RequestError`. */
export interface Client {
  decide(request: DecideRequest, signal?: AbortSignal): Promise<Decision>
  track(event: SegmentTrack): Promise<void>
  /** undefined when nobody is known by that identifier. */
  profile(by: string, id: string, signal?: AbortSignal): Promise<ProfileView | undefined>
  /** undefined when the catalogue does not have it. */
  item(id: string, signal?: AbortSignal): Promise<Item | undefined>
  /** Those of the items that the catalogue has; at most 1,000 ids, none with a comma. */
  items(ids: readonly string[], signal?: AbortSignal): Promise<readonly Item[]>
  recentEvents(after: number, limit: number, signal?: AbortSignal): Promise<RecentEvents>
  status(signal?: AbortSignal): Promise<EngineStatus>
  demo(signal?: AbortSignal): Promise<Demo>
  pauseTraffic(paused: boolean): Promise<void>
}

/** The demo's own session token, or undefined when this server wants a secret key. */
export async function openDemoSession(signal?: AbortSignal): Promise<string | undefined> {
  try {
    const session = await request<{ token: string }>('GET', '/v1/session', signal ? { signal } : {})
    return session.token
  } catch (error) {
    if (error instanceof RequestError && [401, 403, 404].includes(error.status)) return undefined
    throw error
  }
}

export function createClient(token: string): Client {
  const call = <T>(method: string, path: string, extra: Extra = {}): Promise<T> =>
    request<T>(method, path, { ...extra, token })
  const abortable = (signal?: AbortSignal): Extra => (signal ? { signal } : {})
  const items = async (ids: readonly string[], signal?: AbortSignal): Promise<Item[]> => {
    const path = `/v1/items?ids=${ids.map(encodeURIComponent).join(',')}`
    return (await call<{ items: Item[] }>('GET', path, abortable(signal))).items
  }
  return {
    decide: (body, signal) => call('POST', '/v1/decide', { body, ...abortable(signal) }),
    track: async (body) => void (await call('POST', '/v1/track', { body })),
    profile: (by, id, signal) =>
      unlessUnknown(
        call<ProfileView>(
          'GET',
          `/v1/profiles/${encodeURIComponent(id)}?by=${encodeURIComponent(by)}`,
          abortable(signal),
        ),
      ),
    // In a list an unknown item is merely absent; asked for alone it is a 404, which browsers log as an error.
    item: (id, signal) =>
      id.includes(',')
        ? unlessUnknown(call<Item>('GET', `/v1/items/${encodeURIComponent(id)}`, abortable(signal)))
        : items([id], signal).then(([found]) => found),
    items,
    recentEvents: (after, limit, signal) =>
      call('GET', `/v1/events/recent?after=${after}&limit=${limit}`, abortable(signal)),
    status: (signal) => call('GET', '/v1/status', abortable(signal)),
    demo: (signal) => call('GET', '/v1/demo', abortable(signal)),
    pauseTraffic: async (paused) => void (await call('POST', '/v1/demo', { body: { paused } })),
  }
}

interface Extra {
  readonly body?: unknown
  readonly signal?: AbortSignal
  readonly token?: string
}

async function unlessUnknown<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof RequestError && error.status === 404) return undefined
    throw error
  }
}

async function request<T>(method: string, path: string, extra: Extra): Promise<T> {
  const headers: Record<string, string> = {}
  if (extra.token) headers['Authorization'] = `Bearer ${extra.token}`
  if (extra.body !== undefined) headers['Content-Type'] = 'application/json'
  const response = await fetch(path, {
    method,
    headers,
    cache: 'no-store',
    credentials: 'omit',
    ...(extra.body === undefined ? {} : { body: JSON.stringify(extra.body) }),
    ...(extra.signal ? { signal: extra.signal } : {}),
  }).catch((cause: unknown) => {
    if (extra.signal?.aborted) throw cause
    throw new RequestError(0, 'UNREACHABLE', 'The server does not answer.', '', { cause })
  })
  const body: unknown = await response.json().catch(() => undefined)
  if (!response.ok) throw refusalOf(response.status, body)
  return body as T
}

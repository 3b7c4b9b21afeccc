import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Config, Logger } from '../app/index.ts'
import type { BodyBudget } from './body.ts'
import { serverErrors } from './errors.ts'
import { retryIn } from './answer.ts'
import type { Metrics } from './metrics.ts'
import type { Access, Tenants } from './tenants.ts'

/** What every route may need of its server. */
export interface ServerContext {
  readonly config: Config
  readonly log: Logger
  readonly tenants: Tenants
  readonly metrics: Metrics
  readonly budget: BodyBudget
  readonly version: string
  /** Token that the demo's page gets. */
  readonly sessionToken: string
  /** Routes that answer before Fastify looks at a request, by path. */
  readonly hot: Map<string, (request: IncomingMessage, response: ServerResponse) => Promise<void>>
  /** False from the moment the server begins to stop. */
  readonly serving: () => boolean
}

/** Counts a request against its key. @throws SERVER_RATE_LIMITED */
export function admit(access: Access): void {
  const wait = access.bucket.take(Date.now())
  if (wait > 0) throw retryIn(serverErrors.SERVER_RATE_LIMITED(), wait)
}

/** @throws SERVER_UNAUTHORIZED without a key, SERVER_FORBIDDEN with a write key */
export function needSecret(access: Access | undefined): Access {
  if (access === undefined) throw serverErrors.SERVER_UNAUTHORIZED()
  if (access.role !== 'secret') throw serverErrors.SERVER_FORBIDDEN()
  return access
}

/** Value of a header that is sent at most once. */
export function singleHeader(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}

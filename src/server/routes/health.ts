import { Type } from 'typebox'
import type { ServerContext } from '../context.ts'
import type { FastifyTypeBox } from '../typebox.ts'

/** For whatever watches the process: is it alive, should it get traffic, what are its numbers. */
export function addHealthRoutes(app: FastifyTypeBox, context: ServerContext): void {
  const alive = {
    schema: {
      tags: ['operations'],
      summary: 'Whether the process is alive',
      response: { 200: Type.Object({ status: Type.String(), version: Type.String() }) },
    },
  }
  app.get('/health', alive, () => ({ status: 'ok', version: context.version }))
  const ready = {
    schema: {
      tags: ['operations'],
      summary: 'Whether the server should get traffic: 200, or 503 while it stops or lags too far',
    },
  }
  app.get('/ready', ready, (_request, reply) => {
    const lagging = context.tenants.all.filter(
      ({ engine }) => engine.gauges().lagEntries > context.config.maxLagEntries,
    )
    const status = readiness(context.serving(), lagging.length)
    void reply.code(status === 'ready' ? 200 : 503)
    return { status, workspaces: context.tenants.all.length, lagging: lagging.length }
  })
  const metrics = {
    schema: { tags: ['operations'], summary: 'Numbers in the Prometheus text format' },
  }
  app.route({
    method: 'GET',
    url: '/metrics',
    ...metrics,
    handler: async (_request, reply) => {
      const { registry } = context.metrics
      return reply.header('content-type', registry.contentType).send(await registry.metrics())
    },
  })
}

function readiness(serving: boolean, lagging: number): 'ready' | 'stopping' | 'lagging' {
  if (!serving) return 'stopping'
  return lagging > 0 ? 'lagging' : 'ready'
}

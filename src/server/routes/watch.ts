import { Type } from 'typebox'
import type { ServerContext } from '../context.ts'
import { keyedRoute } from '../openapi.ts'
import { accessOf } from '../secretRoutes.ts'
import type { FastifyTypeBox } from '../typebox.ts'

/** What is going on: the newest events with their fate, dead letters, numbers of the workspace. */
export function addWatchRoutes(app: FastifyTypeBox, context: ServerContext): void {
  const recent = {
    schema: {
      ...keyedRoute('watch', 'The newest events and what became of them'),
      querystring: Type.Object({
        after: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: 100 })),
      }),
    },
  }
  app.get('/v1/events/recent', recent, (request) => {
    const { after = 0, limit = 100 } = request.query
    return accessOf(request).tenant.engine.recentEvents(after, limit)
  })
  const dead = {
    schema: {
      ...keyedRoute('watch', 'Events that could not be accepted, newest first, with the reason'),
      querystring: Type.Object({
        before: Type.Optional(Type.String({ maxLength: 200 })),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: 100 })),
      }),
    },
  }
  app.route({
    method: 'GET',
    url: '/v1/dead-letters',
    ...dead,
    handler: async (request) => {
      const { before = '', limit = 100 } = request.query
      const page = await accessOf(request).tenant.engine.deadLetters(before, limit)
      return { deadLetters: page.rows, next: page.next }
    },
  })
  const status = {
    schema: {
      ...keyedRoute('watch', 'Counts, lag, rates and memory of the workspace'),
    },
  }
  app.route({
    method: 'GET',
    url: '/v1/status',
    ...status,
    handler: async (request) => {
      const { tenant } = accessOf(request)
      const { rss, heapUsed } = process.memoryUsage()
      return {
        ...(await tenant.engine.status()),
        version: context.version,
        uptimeMs: Math.round(process.uptime() * 1_000),
        memory: { rss, heapUsed },
        demo: tenant.demo !== undefined,
      }
    },
  })
}

import { Type } from 'typebox'
import { keyedRoute } from '../openapi.ts'
import { accessOf } from '../secretRoutes.ts'
import type { FastifyTypeBox } from '../typebox.ts'

/** Named queries over the analytics rows. */
export function addAnalyticsRoutes(app: FastifyTypeBox): void {
  const query = {
    schema: {
      ...keyedRoute(
        'watch',
        'Run a named analytics query: events_by_name, events_over_time, top_items, decision_outcomes, person_events',
      ),
      params: Type.Object({ query: Type.String({ maxLength: 64 }) }),
      body: Type.Record(
        Type.String({ maxLength: 64 }),
        Type.Union([Type.String({ maxLength: 512 }), Type.Number()]),
        { description: 'Parameters of the query, such as { "from": 0, "to": 2000000000000 }.' },
      ),
    },
  }
  app.route({
    method: 'POST',
    url: '/v1/analytics/:query',
    ...query,
    handler: async (request) => ({
      rows: await accessOf(request).tenant.engine.analytics(request.params.query, request.body),
    }),
  })
}

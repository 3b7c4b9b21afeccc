import { Type } from 'typebox'
import type { ServerContext } from '../context.ts'
import { serverErrors } from '../errors.ts'
import { keyedRoute } from '../openapi.ts'
import { accessOf } from '../secretRoutes.ts'
import type { FastifyTypeBox } from '../typebox.ts'

/** What is known of a person. */
export function addProfileRoutes(app: FastifyTypeBox, _context: ServerContext): void {
  const one = {
    schema: {
      ...keyedRoute('people', 'Everything known of one person'),
      params: Type.Object({ id: Type.String({ minLength: 1, maxLength: 1_024 }) }),
      querystring: Type.Object({
        by: Type.Optional(
          Type.String({
            pattern: '^[a-z][a-z0-9_.]{0,63}$',
            description: 'Type of the identifier: user_id (when left out), anonymous_id, email …',
          }),
        ),
      }),
    },
  }
  app.route({
    method: 'GET',
    url: '/v1/profiles/:id',
    ...one,
    handler: async (request) => {
      const { by = 'user_id' } = request.query
      const view = await accessOf(request).tenant.engine.profile(by, request.params.id)
      if (view === undefined) throw serverErrors.SERVER_UNKNOWN_PROFILE()
      return view
    },
  })
  const unmerge = {
    schema: {
      ...keyedRoute(
        'people',
        'Take two people apart that were merged by mistake, by replaying their history',
      ),
    },
  }
  app.post('/v1/profiles/unmerge', unmerge, (request) =>
    accessOf(request).tenant.engine.unmerge(request.body),
  )
}

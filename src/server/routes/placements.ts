import { Type } from 'typebox'
import { PlacementSchema } from '../../decisions/index.ts'
import type { ServerContext } from '../context.ts'
import { serverErrors } from '../errors.ts'
import { keyedRoute } from '../openapi.ts'
import { accessOf } from '../secretRoutes.ts'
import type { FastifyTypeBox } from '../typebox.ts'

const PlacementId = Type.Object({ id: Type.String({ minLength: 1, maxLength: 200 }) })

/** Placements: versioned documents that say what a slot shows. */
export function addPlacementRoutes(app: FastifyTypeBox, _context: ServerContext): void {
  app.get(
    '/v1/placements',
    { schema: keyedRoute('placements', 'All placements, newest versions') },
    (request) => ({
      placements: accessOf(request).tenant.engine.placements(),
    }),
  )
  const one = {
    schema: {
      ...keyedRoute('placements', 'One placement, newest or given version'),
      params: PlacementId,
      querystring: Type.Object({ version: Type.Optional(Type.Integer({ minimum: 1 })) }),
    },
  }
  app.get('/v1/placements/:id', one, (request) => {
    const { id } = request.params
    const placement = accessOf(request).tenant.engine.placement(id, request.query.version)
    if (placement === undefined) throw serverErrors.SERVER_UNKNOWN_PLACEMENT()
    return placement
  })
  const put = {
    schema: {
      ...keyedRoute('placements', 'Write a new version'),
      params: PlacementId,
      body: PlacementSchema,
    },
    // Checked by the engine, which names the closest known field and the path of what is wrong.
    validatorCompiler: () => () => true,
  }
  app.put('/v1/placements/:id', put, (request) =>
    accessOf(request).tenant.engine.putPlacement(request.params.id, request.body),
  )
}

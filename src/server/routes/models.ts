import { Type } from 'typebox'
import { keyedRoute } from '../openapi.ts'
import { accessOf } from '../secretRoutes.ts'
import type { FastifyTypeBox } from '../typebox.ts'

/** Trained models: which there are, which one serves, and training another. */
export function addModelRoutes(app: FastifyTypeBox): void {
  const look = {
    schema: keyedRoute(
      'models',
      'Versions of the trained model, the one in service, and the training under way',
    ),
  }
  app.get('/v1/models', look, (request) => accessOf(request).tenant.engine.models())
  const train = {
    schema: {
      ...keyedRoute('models', 'Begin a training'),
      description:
        'Answers at once; GET /v1/models tells how it goes. The new version is promoted if it is better beyond noise than what is served.',
      body: Type.Object({
        models: Type.Optional(
          Type.Array(Type.String({ maxLength: 64 }), {
            minItems: 1,
            description: 'Names of the models to try; absent: auto, the automatic one.',
          }),
        ),
      }),
    },
  }
  app.post('/v1/models/train', train, (request, reply) => {
    const { models } = request.body
    const { engine } = accessOf(request).tenant
    void reply.code(202)
    return { training: engine.startTraining(models === undefined ? {} : { models }) }
  })
  const promote = {
    schema: {
      ...keyedRoute('models', 'Serve a version'),
      body: Type.Object({ version: Type.String({ maxLength: 64 }) }),
    },
  }
  app.post('/v1/models/promote', promote, (request) =>
    accessOf(request).tenant.engine.promoteModel(request.body.version),
  )
  const rollBack = {
    schema: keyedRoute('models', 'Serve what was served before the newest promotion'),
  }
  app.post('/v1/models/rollback', rollBack, (request) =>
    accessOf(request).tenant.engine.rollBackModel(),
  )
}

import { DecideRequestSchema } from '../../decisions/index.ts'
import { parseJson } from '../body.ts'
import { admit, needSecret, type ServerContext } from '../context.ts'
import { addHotRoute } from '../hotRoute.ts'
import type { Access } from '../tenants.ts'
import type { FastifyTypeBox } from '../typebox.ts'
import type { IncomingMessage } from 'node:http'

/** POST /v1/decide: what to show one person now, in several placements at once. */
export function addDecideRoute(app: FastifyTypeBox, context: ServerContext): void {
  const access = (request: IncomingMessage): Access => {
    const workspace = request.headers['x-attune-workspace']?.toString()
    return needSecret(context.tenants.byHeader(request.headers.authorization, workspace))
  }
  addHotRoute(app, context, {
    url: '/v1/decide',
    schema: {
      tags: ['decisions'],
      summary: 'Decide what to show one person in one or more placements',
      description:
        'Never fails because a model or the person is unknown: it falls back and says so in `fallback`.',
      security: [{ key: [] }],
      body: DecideRequestSchema,
    },
    headers: () => NO_HEADERS,
    admit: (request) => admit(access(request)),
    answer: async (body, request) => {
      const { engine } = access(request).tenant
      const decision = await engine.decide(parseJson(body))
      context.metrics.decided(engine.name)
      return JSON.stringify(decision)
    },
  })
}

const NO_HEADERS = {}

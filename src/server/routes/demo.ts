import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Demo } from '../../app/index.ts'
import type { ServerContext } from '../context.ts'
import { serverErrors } from '../errors.ts'
import { keyedRoute } from '../openapi.ts'
import { accessOf } from '../secretRoutes.ts'
import type { FastifyTypeBox } from '../typebox.ts'

/** The simulated people and their traffic. */
export function addDemoRoutes(app: FastifyTypeBox, _context: ServerContext): void {
  const look = {
    schema: {
      ...keyedRoute('demo', 'Simulated people, and whether their traffic runs'),
    },
  }
  app.get('/v1/demo', look, (request) => describe(demoOf(request)))
  const control = {
    schema: {
      ...keyedRoute('demo', 'Pause or continue the simulated traffic'),
      body: Type.Object({ paused: Type.Boolean() }),
    },
  }
  app.post('/v1/demo', control, (request) => {
    const demo = demoOf(request)
    demo.pause(request.body.paused)
    return describe(demo)
  })
}

/** Pictures of the simulated shop, drawn by the simulator; they need no key, as pictures in a page. */
export function addDemoPictures(app: FastifyTypeBox, context: ServerContext): void {
  const picture = {
    schema: {
      tags: ['demo'],
      summary: 'Picture of a simulated item',
      params: Type.Object({ file: Type.String({ pattern: '\\.svg$', maxLength: 300 }) }),
    },
  }
  app.get('/demo/items/:file', picture, (request, reply) => {
    const demo = context.tenants.all.find((tenant) => tenant.demo !== undefined)?.demo
    if (demo === undefined) throw serverErrors.SERVER_NO_DEMO()
    const svg = demo.drawItem(request.params.file.slice(0, -'.svg'.length))
    if (svg === undefined) throw serverErrors.SERVER_UNKNOWN_ITEM()
    return reply
      .header('content-type', 'image/svg+xml; charset=utf-8')
      .header('cache-control', 'public, max-age=3600')
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
      .send(svg)
  })
}

function demoOf(request: FastifyRequest): Demo {
  const { demo } = accessOf(request).tenant
  if (demo === undefined) throw serverErrors.SERVER_NO_DEMO()
  return demo
}

function describe(demo: Demo): object {
  return { people: demo.people, paused: demo.paused, speed: demo.eventsPerSecond }
}

import type { FastifyRequest } from 'fastify'
import { decompress, parseJson, parseLines } from './body.ts'
import { admit, needSecret, type ServerContext, singleHeader } from './context.ts'
import type { RouteMeter } from './metrics.ts'
import type { Access } from './tenants.ts'
import type { FastifyTypeBox } from './typebox.ts'

const ACCESS = 'access'

/**
 * Makes every route that is added to `app` afterwards need a secret key, checked before its body is read,
 * take JSON under any content type, and be counted.
 */
export function needSecretKey(app: FastifyTypeBox, context: ServerContext): void {
  app.decorateRequest(ACCESS, null)
  app.addHook('onRequest', async (request) => {
    const workspace = singleHeader(request.headers['x-attune-workspace'])
    const access = needSecret(context.tenants.byHeader(request.headers.authorization, workspace))
    admit(access)
    request.setDecorator(ACCESS, access)
  })
  addBodyReaders(app, context)
}

/** What the request's key opens; only in routes behind `needSecretKey`. */
export function accessOf(request: FastifyRequest): Access {
  return request.getDecorator<Access>(ACCESS)
}

/** Reads bodies as JSON whatever Content-Type says, except lines of JSON, which name themselves. */
export function addBodyReaders(app: FastifyTypeBox, context: ServerContext): void {
  const limit = context.config.maxBodyBytes
  const plain = async (request: FastifyRequest, body: Buffer): Promise<Buffer> =>
    decompress(body, request.headers['content-encoding'], limit)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    '*',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => parseJson(await plain(request, body)),
  )
  app.addContentTypeParser(
    ['application/x-ndjson', 'application/ndjson', 'application/jsonl'],
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => parseLines(await plain(request, body)),
  )
}

/** Counts every answer of the routes in `app` that Fastify gives itself. */
export function countRequests(app: FastifyTypeBox, context: ServerContext): void {
  const meters = new Map<string, RouteMeter>()
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown'
    let meter = meters.get(route)
    if (meter === undefined) {
      meter = context.metrics.route(route)
      meters.set(route, meter)
    }
    meter.done(reply.statusCode, performance.now() - reply.elapsedTime)
  })
}

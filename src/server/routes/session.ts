import type { ServerContext } from '../context.ts'
import { serverErrors } from '../errors.ts'
import { isDirectLocal, isLoopbackHost } from '../loopback.ts'
import type { FastifyTypeBox } from '../typebox.ts'

/**
 * Lets the first page of a demo on this machine in without a key. Refused for every other server, for
 * requests through a proxy, and for a Host that is not this machine's: a foreign page whose DNS name was
 * pointed at 127.0.0.1 would otherwise read the token.
 */
export function addSessionRoute(app: FastifyTypeBox, context: ServerContext): void {
  const schema = { tags: ['demo'], summary: 'A token for the page of a demo on this machine' }
  app.get('/v1/session', { schema }, (request, reply) => {
    const demo = context.tenants.all.find((tenant) => tenant.demo !== undefined)
    if (demo === undefined || !isLoopbackHost(context.config.host)) {
      throw serverErrors.SERVER_NO_SESSION()
    }
    if (!isDirectLocal(request.raw)) throw serverErrors.SERVER_NO_SESSION()
    if (!isLoopbackHost(request.headers.host)) throw serverErrors.SERVER_FOREIGN_HOST()
    void reply.header('cache-control', 'no-store')
    return { token: context.sessionToken, workspace: demo.engine.name, demo: true }
  })
}

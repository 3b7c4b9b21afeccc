import { Type } from 'typebox'
import { createKey, listKeys, revokeKey, rotateKey } from '../../app/index.ts'
import type { ServerContext } from '../context.ts'
import { keyedRoute } from '../openapi.ts'
import { accessOf } from '../secretRoutes.ts'
import type { FastifyTypeBox } from '../typebox.ts'

const RoleBody = Type.Object({ role: Type.Enum(['write', 'secret']) })

/** The keys of a workspace. A key is shown in the answer that makes it, and never again. */
export function addKeyRoutes(app: FastifyTypeBox, context: ServerContext): void {
  app.get(
    '/v1/keys',
    { schema: keyedRoute('keys', 'Ids, roles and ages of the keys') },
    (request) => ({
      keys: listKeys(accessOf(request).tenant.engine.directory),
    }),
  )
  const create = {
    schema: { ...keyedRoute('keys', 'Add a key; the others go on working'), body: RoleBody },
  }
  app.post('/v1/keys', create, (request) => {
    const { tenant } = accessOf(request)
    const fresh = createKey(tenant.engine.directory, request.body.role, Date.now())
    context.tenants.reload(tenant)
    return fresh
  })
  const rotate = {
    schema: {
      ...keyedRoute('keys', 'Replace all keys of a role; the old ones stop at once'),
      body: RoleBody,
    },
  }
  app.post('/v1/keys/rotate', rotate, (request) => {
    const { tenant } = accessOf(request)
    const fresh = rotateKey(tenant.engine.directory, request.body.role, Date.now())
    context.tenants.reload(tenant)
    return fresh
  })
  const revoke = {
    schema: {
      ...keyedRoute('keys', 'Remove one key'),
      params: Type.Object({ id: Type.String({ maxLength: 64 }) }),
    },
  }
  app.delete('/v1/keys/:id', revoke, (request) => {
    const { tenant } = accessOf(request)
    revokeKey(tenant.engine.directory, request.params.id)
    context.tenants.reload(tenant)
    return { revoked: request.params.id }
  })
}

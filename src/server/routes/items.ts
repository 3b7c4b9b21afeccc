import { Type } from 'typebox'
import type { ServerContext } from '../context.ts'
import { serverErrors } from '../errors.ts'
import { keyedRoute } from '../openapi.ts'
import { accessOf } from '../secretRoutes.ts'
import type { FastifyTypeBox } from '../typebox.ts'

const MANY = 1_000

/** The catalogue. */
export function addItemRoutes(app: FastifyTypeBox, _context: ServerContext): void {
  addUpload(app)
  const one = {
    schema: {
      ...keyedRoute('items', 'One item'),
      params: Type.Object({ id: Type.String({ minLength: 1, maxLength: 1_024 }) }),
    },
  }
  app.route({
    method: 'GET',
    url: '/v1/items/:id',
    ...one,
    handler: async (request) => {
      const item = await accessOf(request).tenant.engine.item(request.params.id)
      if (item === undefined) throw serverErrors.SERVER_UNKNOWN_ITEM()
      return item
    },
  })
  const list = {
    schema: {
      ...keyedRoute('items', 'Items by id, or all of them page by page'),
      querystring: Type.Object({
        ids: Type.Optional(Type.String({ description: 'Ids with commas between them' })),
        after: Type.Optional(Type.String({ description: '`next` of the page before' })),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MANY, default: 100 })),
      }),
    },
  }
  app.route({
    method: 'GET',
    url: '/v1/items',
    ...list,
    handler: async (request) => {
      const { ids, after = '', limit = 100 } = request.query
      const { engine } = accessOf(request).tenant
      if (ids === undefined) {
        const page = await engine.listItems(after, limit)
        return { items: page.rows, next: page.next }
      }
      const wanted = ids.split(',').filter((id) => id !== '')
      if (wanted.length > MANY) {
        throw serverErrors.SERVER_BAD_REQUEST(`at most ${MANY} ids can be asked for at once`)
      }
      return { items: await engine.itemsById(wanted), next: null }
    },
  })
}

function addUpload(app: FastifyTypeBox): void {
  const upload = {
    schema: {
      ...keyedRoute('items', 'Add, replace and delete items'),
      description:
        'A JSON body { "items": [...], "delete": ["id", ...] }, or application/x-ndjson with one item a line. Rejected items are named one by one; the others are kept.',
      body: Type.Object({
        items: Type.Optional(
          Type.Array(Type.Object({ id: Type.String() }, { additionalProperties: true })),
        ),
        delete: Type.Optional(Type.Array(Type.String())),
      }),
    },
    // The schema above is for /docs: the catalogue checks each item, so that one bad item spoils no other.
    validatorCompiler: () => () => true,
  }
  app.post('/v1/items', upload, (request) => {
    const body: unknown = request.body
    return accessOf(request).tenant.engine.upsertItems(Array.isArray(body) ? { items: body } : body)
  })
}

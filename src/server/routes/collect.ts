import type { FastifyReply, FastifyRequest } from 'fastify'
import type { IncomingMessage } from 'node:http'
import { Type } from 'typebox'
import { readJson, type Rejection, type Route, writeKeyOf } from '../../events/index.ts'
import { crossOriginHeaders, retryIn } from '../answer.ts'
import { admit, type ServerContext } from '../context.ts'
import { serverErrors } from '../errors.ts'
import { addHotRoute } from '../hotRoute.ts'
import type { Access } from '../tenants.ts'
import type { FastifyTypeBox } from '../typebox.ts'

const SUCCESS = '{"success":true}'

/** Most rejected messages that an answer lists; all of them are in the dead letters. */
const MOST_LISTED = 100
/** The same for past events: as many as an import sends at once, so that it learns of each. */
const MOST_LISTED_OF_IMPORT = 500

/** Segment's long paths and their letters, which browser clients use. */
const PATHS: readonly (readonly [string, Route])[] = [
  ['identify', 'identify'],
  ['track', 'track'],
  ['page', 'page'],
  ['screen', 'screen'],
  ['group', 'group'],
  ['alias', 'alias'],
  ['batch', 'batch'],
  ['import', 'import'],
  ['i', 'identify'],
  ['t', 'track'],
  ['p', 'page'],
  ['s', 'screen'],
  ['g', 'group'],
  ['a', 'alias'],
  ['b', 'batch'],
]

/** The Segment HTTP tracking API: events in, acknowledged once they are on disk. */
export function addCollectRoutes(app: FastifyTypeBox, context: ServerContext): void {
  for (const [path, route] of PATHS) {
    addHotRoute(app, context, {
      url: `/v1/${path}`,
      schema: collectSchema(path, route),
      headers: crossOriginHeaders,
      admit: (request) => {
        const access = accessBeforeBody(context, request)
        if (access !== undefined) admitEvents(context, access)
      },
      answer: (body, request) => collect(context, route, body, request),
    })
  }
  for (const url of [...PATHS.map(([path]) => `/v1/${path}`), '/v1/m', SETTINGS_URL]) {
    app.options(url, { schema: { hide: true } }, (request, reply) =>
      reply.code(204).headers(preflightHeaders(request.raw)).send(),
    )
  }
  addClientRoutes(app, context)
}

async function collect(
  context: ServerContext,
  route: Route,
  body: Buffer,
  request: IncomingMessage,
): Promise<string> {
  let access = accessBeforeBody(context, request)
  if (access === undefined) {
    access = accessInBody(context, body)
    admitEvents(context, access)
  }
  const { engine } = access.tenant
  const { accepted, rejected, refused, rejections } = await engine.collect(route, body)
  context.metrics.collected(engine.name, accepted, rejected, refused)
  return rejections.length === 0 ? SUCCESS : successBut(route, rejections)
}

/** Success it is: the messages are kept, and sending them again would not mend them. */
function successBut(route: Route, rejections: readonly Rejection[]): string {
  const most = route === 'import' ? MOST_LISTED_OF_IMPORT : MOST_LISTED
  const rejected = rejections
    .slice(0, most)
    .map(({ index, code, reason }) => ({ index, code, reason }))
  return JSON.stringify({ success: true, rejected })
}

function admitEvents(context: ServerContext, access: Access): void {
  admit(access)
  if (access.tenant.engine.gauges().lagEntries > context.config.maxLagEntries) {
    throw retryIn(serverErrors.SERVER_LAGGING(), 5)
  }
}

/**
 * Access by header or query; undefined when neither holds a key, so that the body must be asked.
 * @throws SERVER_UNAUTHORIZED when a key is there and wrong
 */
function accessBeforeBody(context: ServerContext, request: IncomingMessage): Access | undefined {
  const { authorization } = request.headers
  if (authorization !== undefined) {
    const workspace = request.headers['x-attune-workspace']
    const access = context.tenants.byHeader(authorization, workspace?.toString())
    if (access !== undefined) return access
    if (!EMPTY_BASIC.test(authorization)) throw serverErrors.SERVER_UNAUTHORIZED()
  }
  const key = writeKeyInQuery(request.url ?? '')
  if (key === undefined) return undefined
  const access = context.tenants.byKey(key)
  if (access === undefined) throw serverErrors.SERVER_UNAUTHORIZED()
  return access
}

/** `Basic` of nothing, or of a lone colon: what clients send that put the key elsewhere. */
const EMPTY_BASIC = /^basic\s*(Og==)?$/i

/** Reads the body once more than a request with a header does. @throws EVENTS_*, SERVER_UNAUTHORIZED */
function accessInBody(context: ServerContext, body: Buffer): Access {
  const key = writeKeyOf(readJson(body))
  const access = key === undefined ? undefined : context.tenants.byKey(key)
  if (access === undefined) throw serverErrors.SERVER_UNAUTHORIZED()
  return access
}

function writeKeyInQuery(url: string): string | undefined {
  const at = url.indexOf('?')
  if (at === -1) return undefined
  return new URLSearchParams(url.slice(at)).get('writeKey') ?? undefined
}

function preflightHeaders(request: IncomingMessage): Record<string, string> {
  return {
    ...crossOriginHeaders(request),
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': 'authorization, content-type, content-encoding',
    'access-control-max-age': '86400',
  }
}

const SETTINGS_URL = '/v1/projects/:writeKey/settings'

/** What Segment's browser client asks besides sending events. */
function addClientRoutes(app: FastifyTypeBox, context: ServerContext): void {
  const settings = {
    schema: {
      tags: ['events'],
      summary: 'Settings that Segment’s browser client loads before it sends',
      params: Type.Object({ writeKey: Type.String() }),
    },
  }
  app.route({
    method: 'GET',
    url: SETTINGS_URL,
    ...settings,
    handler: async (request, reply) => {
      void reply.headers(crossOriginHeaders(request.raw))
      const { writeKey } = request.params
      if (context.tenants.byKey(writeKey) === undefined) throw serverErrors.SERVER_UNAUTHORIZED()
      return clientSettings(writeKey, context.config.publicUrl || `http://${request.host}`)
    },
  })
  const metrics = {
    schema: { tags: ['events'], summary: 'Segment clients’ own counters; accepted and not kept' },
    // The body is of no use and is not read: node discards it once the answer is out.
    onRequest: async (request: FastifyRequest, reply: FastifyReply) => {
      await reply.headers(crossOriginHeaders(request.raw)).send({ success: true })
    },
  }
  app.post('/v1/m', metrics, () => undefined)
}

function clientSettings(writeKey: string, url: string): object {
  if (!URL.canParse(url)) throw serverErrors.SERVER_WRONG_HOST()
  const { protocol, host, pathname } = new URL(url)
  const open = { __default: { enabled: true, integrations: {} } }
  return {
    integrations: {
      'Segment.io': {
        apiKey: writeKey,
        apiHost: `${host}${pathname.replace(/\/$/, '')}/v1`,
        protocol: protocol.replace(':', ''),
        unbundledIntegrations: [],
        addBundledMetadata: false,
        versionSettings: { version: '4.4.7', componentTypes: ['browser'] },
      },
    },
    plan: { track: open, identify: open, group: open },
    edgeFunction: {},
    analyticsNextEnabled: true,
    middlewareSettings: {},
    enabledMiddleware: {},
    metrics: { sampleRate: 0 },
    legacyVideoPluginsEnabled: false,
    remotePlugins: [],
  }
}

function collectSchema(path: string, route: Route): object {
  const many = route === 'batch' || route === 'import'
  return {
    tags: ['events'],
    summary: path.length === 1 ? `Short path of /v1/${route}` : summaryOf(route),
    description:
      'Segment HTTP tracking API. Answers 200 once the events are on disk; events that break the schema are listed in the answer and kept in /v1/dead-letters.',
    security: [{ key: [] }],
    body: many ? BatchBody : MessageBody,
    response: { 200: CollectAnswer },
  }
}

function summaryOf(route: Route): string {
  if (route === 'batch') return 'Many events of any type'
  if (route === 'import') return 'Many past events of any type'
  return `One ${route} event`
}

const CollectAnswer = Type.Object({
  success: Type.Boolean(),
  rejected: Type.Optional(
    Type.Array(
      Type.Object({
        index: Type.Integer({ description: 'Place in the batch, from 0' }),
        code: Type.String(),
        reason: Type.String(),
      }),
      {
        maxItems: MOST_LISTED_OF_IMPORT,
        description: `Messages that break the schema, when there are any: the first ${MOST_LISTED}, of /v1/import ${MOST_LISTED_OF_IMPORT}`,
      },
    ),
  ),
})

const MessageBody = Type.Object(
  {
    userId: Type.Optional(Type.String()),
    anonymousId: Type.Optional(Type.String()),
    messageId: Type.Optional(Type.String({ description: 'Repeats within 24 h are counted once' })),
    event: Type.Optional(Type.String({ description: 'track: such as "Product Viewed"' })),
    properties: Type.Optional(Type.Object({}, { additionalProperties: true })),
    traits: Type.Optional(Type.Object({}, { additionalProperties: true })),
    context: Type.Optional(Type.Object({}, { additionalProperties: true })),
    timestamp: Type.Optional(Type.String({ format: 'date-time' })),
    sentAt: Type.Optional(Type.String({ format: 'date-time' })),
    writeKey: Type.Optional(Type.String()),
  },
  { additionalProperties: true },
)

const BatchBody = Type.Object({
  batch: Type.Array(Type.Intersect([Type.Object({ type: Type.String() }), MessageBody])),
  sentAt: Type.Optional(Type.String({ format: 'date-time' })),
  writeKey: Type.Optional(Type.String()),
})

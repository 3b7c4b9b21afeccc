import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { fastify } from 'fastify'
import { randomBytes } from 'node:crypto'
import type { Config, Logger } from '../app/index.ts'
import { errorAnswer, sendJson } from './answer.ts'
import { BodyBudget } from './body.ts'
import type { ServerContext } from './context.ts'
import { serveHotFirst } from './hotRoute.ts'
import { listenError, localUrlOf } from './listening.ts'
import { Metrics } from './metrics.ts'
import { describeApi } from './openapi.ts'
import { addAnalyticsRoutes } from './routes/analytics.ts'
import { addCollectRoutes } from './routes/collect.ts'
import { addConsole } from './routes/console.ts'
import { addDecideRoute } from './routes/decide.ts'
import { addDemoPictures, addDemoRoutes } from './routes/demo.ts'
import { addDocumentRoutes } from './routes/documents.ts'
import { addHealthRoutes } from './routes/health.ts'
import { addItemRoutes } from './routes/items.ts'
import { addKeyRoutes } from './routes/keys.ts'
import { addModelRoutes } from './routes/models.ts'
import { addPlacementRoutes } from './routes/placements.ts'
import { addProfileRoutes } from './routes/profiles.ts'
import { addSessionRoute } from './routes/session.ts'
import { addWatchRoutes } from './routes/watch.ts'
import { addBodyReaders, countRequests, needSecretKey } from './secretRoutes.ts'
import { type Tenant, Tenants } from './tenants.ts'
import type { FastifyTypeBox } from './typebox.ts'

export interface ServerOptions {
  readonly config: Config
  readonly log: Logger
  readonly tenants: readonly Tenant[]
  readonly version: string
  /** Directory of the built console. */
  readonly consoleDirectory: string
}

/** Where a server is reached: by clients, and by programs on the same machine. */
export interface Addresses {
  readonly url: string
  readonly localUrl: string
}

/** A server that is not listening yet, or is. */
export interface AttuneServer {
  /** For tests and for `inject`. */
  readonly app: FastifyTypeBox
  /** Token for commands on this machine. */
  readonly adminToken: string
  /** @throws SERVER_PORT_BUSY, SERVER_CANNOT_LISTEN */
  listen(): Promise<Addresses>
  /** Refuses new requests and resolves when those in flight are answered, or cut off after stopTimeoutMs. */
  close(): Promise<void>
}

const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

/** Builds the server of some workspaces. It closes what it opened; the engines stay their opener's. */
export async function openServer(options: ServerOptions): Promise<AttuneServer> {
  const adminToken = `at_${randomBytes(24).toString('base64url')}`
  const state = { serving: true }
  const context = makeContext(options, adminToken, () => state.serving)
  const app = makeFastify(context)
  await describeApi(app, options.version)
  addCollectRoutes(app, context)
  addDecideRoute(app, context)
  await app.register(async (plugin: FastifyTypeBox) => addOpenRoutes(plugin, context))
  await app.register(async (plugin: FastifyTypeBox) => addSecretRoutes(plugin, context))
  addConsole(app, options.consoleDirectory)
  await app.ready()
  serveHotFirst(app, context)
  return {
    app,
    adminToken,
    listen: () => listen(app, options.config),
    close: () => {
      state.serving = false
      return drain(app, options.config.stopTimeoutMs)
    },
  }
}

function makeContext(
  { config, log, tenants, version }: ServerOptions,
  adminToken: string,
  serving: () => boolean,
): ServerContext {
  const sessionToken = `st_${randomBytes(24).toString('base64url')}`
  const known = new Tenants(tenants, config.keyRequestsPerSecond, adminToken, sessionToken)
  return {
    config,
    log,
    tenants: known,
    metrics: new Metrics(known),
    budget: new BodyBudget(config.maxPendingBytes),
    version,
    sessionToken,
    hot: new Map(),
    serving,
  }
}

function makeFastify(context: ServerContext): FastifyTypeBox {
  const app = fastify({
    // Its per-request child logger costs more than some routes; we log failures ourselves.
    logger: false,
    bodyLimit: context.config.maxBodyBytes,
    requestTimeout: context.config.requestTimeoutMs,
    forceCloseConnections: 'idle',
    // What still comes over open connections while the server stops is answered; each answer closes one.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 2_048 },
    ajv: { customOptions: { removeAdditional: false, coerceTypes: 'array' } },
    frameworkErrors: (error, _request, reply) => {
      const answer = errorAnswer(error, context.log)
      reply.hijack()
      sendJson(reply.raw, answer.status, answer.body, SECURITY_HEADERS)
    },
  }).withTypeProvider<TypeBoxTypeProvider>()
  app.setSerializerCompiler(() => (data) => JSON.stringify(data))
  app.setErrorHandler((error, _request, reply) => {
    const { status, headers, body } = errorAnswer(error, context.log)
    return reply
      .code(status)
      .headers({ ...SECURITY_HEADERS, ...headers })
      .type('application/json; charset=utf-8')
      .send(body)
  })
  return app
}

/** Routes that need no key. */
function addOpenRoutes(app: FastifyTypeBox, context: ServerContext): void {
  addSecurityHeaders(app)
  countRequests(app, context)
  addBodyReaders(app, context)
  addHealthRoutes(app, context)
  addDocumentRoutes(app)
  addSessionRoute(app, context)
  addDemoPictures(app, context)
}

function addSecretRoutes(app: FastifyTypeBox, context: ServerContext): void {
  addSecurityHeaders(app)
  countRequests(app, context)
  needSecretKey(app, context)
  addProfileRoutes(app, context)
  addItemRoutes(app, context)
  addPlacementRoutes(app, context)
  addWatchRoutes(app, context)
  addAnalyticsRoutes(app)
  addModelRoutes(app)
  addKeyRoutes(app, context)
  addDemoRoutes(app, context)
}

function addSecurityHeaders(app: FastifyTypeBox): void {
  app.addHook('onRequest', async (_request, reply) => {
    void reply.headers(SECURITY_HEADERS)
  })
}

async function listen(app: FastifyTypeBox, config: Config): Promise<Addresses> {
  try {
    await app.listen({ host: config.host, port: config.port })
  } catch (error) {
    throw listenError(error, config.host, config.port)
  }
  const localUrl = localUrlOf(config.host, app.server.address())
  return { url: config.publicUrl.replace(/\/+$/, '') || localUrl, localUrl }
}

async function drain(app: FastifyTypeBox, timeoutMs: number): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), timeoutMs)
  await app.close()
  clearTimeout(cut)
}

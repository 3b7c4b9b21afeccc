import { type Config, openEngine, trainingSettings, workspaceDirectory } from '../app/index.ts'
import { isJsonObject, type Json, type JsonObject } from '../base/index.ts'
import type { Route } from '../events/index.ts'
import { readRuntimeFile, type RuntimeFile } from '../server/index.ts'
import { AttuneError } from '../base/index.ts'
import { installedVersion } from './installation.ts'
import { objectIn } from './jsonReading.ts'
import { ServerClient } from './serverClient.ts'
import type { Terminal } from './terminal.ts'

/** What commands do with a workspace, whoever holds its directory. */
export interface OpenWorkspace {
  /** Whether a running server does the work. */
  readonly served: boolean
  decide(request: JsonObject): Promise<JsonObject>
  /** Undefined when nobody is known under the identifier. */
  profile(type: string, value: string): Promise<JsonObject | undefined>
  /** `rejected` lists the messages that were not taken, by place in the body. */
  collect(route: Route, body: Uint8Array): Promise<JsonObject>
  upsertItems(body: JsonObject): Promise<JsonObject>
  status(): Promise<JsonObject>
  /** What is trained, kept and served. */
  models(): Promise<JsonObject>
  /** Begins a training; `models` tells how it goes. */
  startTraining(options: { readonly models?: readonly string[] }): Promise<JsonObject>
  promoteModel(version: string): Promise<JsonObject>
  rollBackModel(): Promise<JsonObject>
  /** Resolves when everything sent so far is in the profiles. */
  settled(): Promise<void>
  close(): Promise<void>
}

/**
 * Opens a workspace: through the server that runs on the data directory, or else directly, which is said when
 * it takes long.
 * @throws STORE_LOCKED when another process holds the directory
 */
export async function openWorkspace(
  config: Config,
  name: string,
  terminal: Terminal,
): Promise<OpenWorkspace> {
  const runtime = readRuntimeFile(config.data)
  if (runtime !== undefined && runtime.workspaces.includes(name)) return overServer(runtime, name)
  return terminal.during(`Opening workspace ${name}`, directly(config, name))
}

async function directly(config: Config, name: string): Promise<OpenWorkspace> {
  const engine = await openEngine(workspaceDirectory(config.data, name), {
    profileCacheBytes: config.profileCacheBytes,
    // Whoever opens a workspace for a moment does not train by the way.
    training: { ...trainingSettings(config), everyMs: 0 },
    code: installedVersion(),
  })
  return {
    served: false,
    decide: async (request) => asObject(await engine.decide(request)),
    profile: async (type, value) => {
      const view = await engine.profile(type, value)
      return view === undefined ? undefined : asObject(view)
    },
    collect: async (route, body) => {
      const { rejections } = await engine.collect(route, body)
      return { rejected: rejections.map(({ index, code, reason }) => ({ index, code, reason })) }
    },
    upsertItems: async (body) => asObject(await engine.upsertItems(body)),
    status: async () => asObject(await engine.status()),
    models: async () => asObject(await engine.models()),
    startTraining: async (options) => asObject(engine.startTraining(options)),
    promoteModel: async (version) => asObject(await engine.promoteModel(version)),
    rollBackModel: async () => asObject(await engine.rollBackModel()),
    settled: () => engine.settled(),
    close: () => engine.close(),
  }
}

function overServer(runtime: RuntimeFile, name: string): OpenWorkspace {
  const client = new ServerClient(runtime, name)
  const post = async (path: string, body: object): Promise<JsonObject> =>
    asObject(await client.post(path, JSON.stringify(body)))
  const status = async (): Promise<JsonObject> => asObject(await client.get('/v1/status'))
  return {
    served: true,
    decide: async (request) => asObject(await client.post('/v1/decide', JSON.stringify(request))),
    profile: (type, value) => profileOverServer(client, type, value),
    collect: async (route, body) => asObject(await client.post(`/v1/${route}`, body)),
    upsertItems: async (body) => asObject(await client.post('/v1/items', JSON.stringify(body))),
    status,
    models: async () => asObject(await client.get('/v1/models')),
    startTraining: async (options) => post('/v1/models/train', options),
    promoteModel: async (version) => post('/v1/models/promote', { version }),
    rollBackModel: async () => post('/v1/models/rollback', {}),
    settled: async () => {
      // Other traffic may keep coming: what counts is what the log held when this was asked.
      const { head } = positionsIn(await status())
      while (positionsIn(await status()).applied < head) await pause(200)
    },
    close: () => Promise.resolve(),
  }
}

async function profileOverServer(
  client: ServerClient,
  type: string,
  value: string,
): Promise<JsonObject | undefined> {
  try {
    const query = `by=${encodeURIComponent(type)}`
    return asObject(await client.get(`/v1/profiles/${encodeURIComponent(value)}?${query}`))
  } catch (error) {
    if (error instanceof AttuneError && error.code === 'SERVER_UNKNOWN_PROFILE') return undefined
    throw error
  }
}

function positionsIn(status: JsonObject): { head: number; applied: number } {
  const { head, applied } = objectIn(status['log'])
  return { head: Number(head), applied: Number(applied) }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}

/** The same as JSON: what a program gets does not depend on who answered. */
function asObject(value: object | Json): JsonObject {
  const plain: Json = JSON.parse(JSON.stringify(value))
  return isJsonObject(plain) ? plain : {}
}

import {
  type Config,
  createWorkspace,
  type Engine,
  listWorkspaces,
  type Logger,
  openEngine,
  startDemo,
  trainingSettings,
  workspaceDirectory,
} from '../app/index.ts'
import type { Tenant } from '../server/index.ts'
import { installedVersion } from './installation.ts'
import type { Terminal } from './terminal.ts'

/** Keys of a workspace, at the only moment at which they can be shown. */
export interface ShownKeys {
  readonly writeKey: string
  readonly secretKey: string
}

/** The workspace that a start is about. */
export interface Subject {
  readonly name: string
  /** Set when this start made the workspace. */
  readonly keys: ShownKeys | undefined
}

/**
 * The workspace that a start is about: the one asked for, else `demo` for a demo, else the first one there is.
 * It is made when it is missing.
 */
export function subjectOf(config: Config, demo: boolean): Subject {
  const names = listWorkspaces(config.data)
  const name = config.workspace || (demo ? 'demo' : (names[0] ?? 'default'))
  if (names.includes(name)) return { name, keys: undefined }
  const { writeKey, secretKey } = createWorkspace(config.data, name, Date.now())
  return { name, keys: { writeKey, secretKey } }
}

/** Engines of every workspace in the data directory, the demo's traffic with them. */
export interface Hosted {
  readonly tenants: readonly Tenant[]
  close(): Promise<void>
}

export interface HostOptions {
  readonly config: Config
  readonly log: Logger
  /** Told when opening takes long. */
  readonly terminal: Terminal
  /** Workspace to fill with the simulated demo, if any. */
  readonly demo: string | undefined
  /** Share of the demo's history that has been written, while it is written for the first time. */
  readonly onProgress: (share: number) => void
}

/** Opens all workspaces, one after the other; on failure those that were opened are closed again. */
export async function hostWorkspaces(options: HostOptions): Promise<Hosted> {
  const tenants: Tenant[] = []
  const close = async (): Promise<void> => {
    for (const { demo, engine } of tenants.splice(0)) {
      await demo?.stop()
      await engine.close()
    }
  }
  try {
    for (const name of listWorkspaces(options.config.data)) {
      const opening = openHosted(options, name)
      const engine = await options.terminal.during(`Opening workspace ${name}`, opening)
      const place = tenants.push({ engine }) - 1
      if (name === options.demo) tenants[place] = { engine, demo: await openDemo(engine, options) }
    }
  } catch (error) {
    await close()
    throw error
  }
  return { tenants: [...tenants], close }
}

function openHosted({ config, log }: HostOptions, name: string): Promise<Engine> {
  return openEngine(workspaceDirectory(config.data, name), {
    profileCacheBytes: config.profileCacheBytes,
    maxPendingBytes: config.maxPendingBytes,
    training: trainingSettings(config),
    code: installedVersion(),
    onTrouble: (code, detail) => {
      log.error({ workspace: name, code }, 'workspace needs attention')
      log.debug({ workspace: name, code, detail }, 'workspace needs attention')
    },
  })
}

function openDemo(
  engine: Engine,
  { config, onProgress }: HostOptions,
): ReturnType<typeof startDemo> {
  return startDemo(engine, {
    seed: config.demoSeed,
    people: config.demoPeople,
    items: config.demoItems,
    eventsPerSecond: config.demoEventsPerSecond,
    now: () => Date.now(),
    onProgress,
  })
}

import { setTimeout } from 'node:timers/promises'
import { Catalog } from '../catalog/index.ts'
import { Placements } from '../decisions/index.ts'
import { DeadLetters } from '../events/index.ts'
import { defaultFeatures, Persons } from '../profiles/index.ts'
import type { ConsentGate } from '../privacy/index.ts'
import type { StateStore } from '../store/index.ts'
import { type LiveModels, ModelPointer } from '../training/index.ts'
import { AnalyticsFeed } from './analyticsFeed.ts'
import { putCounters, readCounters } from './counters.ts'
import { LiveFeed } from './liveFeed.ts'
import { Projection } from './projection.ts'
import { Projector, PROJECTOR } from './projector.ts'
import { restoreModels } from './snapshot.ts'
import { checkStateFormat } from './stateFormat.ts'
import { openStorage, type Storage } from './storage.ts'

/** An engine that was stopped hard has at most some seconds to replay; one rebuilt from nothing has more. */
const CATCH_UP_MS = 3_000

export interface WorldOptions {
  readonly directory: string
  /** Directory of the state, snapshots and analytics when it is not the workspace's own (a rebuild). */
  readonly derived?: string
  /** Secret that person ids are derived with. */
  readonly salt: string
  readonly profileCacheBytes: number
  readonly consent: ConsentGate
  readonly onTrouble: (error: unknown) => void
}

/** Stores and projections of a workspace, wired and running. */
export interface OpenedWorld {
  readonly storage: Storage
  readonly catalog: Catalog
  readonly persons: Persons
  readonly models: LiveModels
  readonly placements: Placements
  readonly deadLetters: DeadLetters
  readonly analytics: AnalyticsFeed
  readonly feed: LiveFeed
  readonly projection: Projection
  readonly projector: Projector
  readonly pointer: ModelPointer
  readonly consent: ConsentGate
  readonly onTrouble: (error: unknown) => void
  corruptEntries(): number
  close(): Promise<void>
}

/**
 * Opens the stores, reads the projections back and starts to follow the log from where they stand.
 * Resolves when everything that the log holds is applied, at the latest after CATCH_UP_MS.
 */
export async function openWorld(options: WorldOptions): Promise<OpenedWorld> {
  const { onTrouble } = options
  let corrupt = 0
  const storage = await openStorage(options.directory, options.derived ?? options.directory, () => {
    corrupt++
  })
  try {
    const world = await wire(storage, options)
    return {
      ...world,
      storage,
      onTrouble,
      corruptEntries: () => corrupt,
      close: closer(world, storage),
    }
  } catch (error) {
    await storage.close()
    throw error
  }
}

type Wired = Omit<OpenedWorld, 'storage' | 'onTrouble' | 'corruptEntries' | 'close'>

async function wire(storage: Storage, options: WorldOptions): Promise<Wired> {
  const { state } = storage
  const { onTrouble, consent } = options
  await checkStateFormat(state)
  const catalog = await Catalog.open(state)
  const placements = await Placements.open(state)
  const deadLetters = await DeadLetters.open(state)
  const pointer = await ModelPointer.open(state)
  const counts = await readCounters(state)
  const { models, ...journal } = await restoreModels(storage.artifacts, state)
  const persons = newPersons(state, catalog, options)
  const analytics = new AnalyticsFeed(state, storage.analytics, onTrouble)
  const feed = new LiveFeed()
  const learnt = { models, pointer }
  const seen = { deadLetters, analytics, feed }
  const world = { catalog, persons, placements, ...learnt, ...seen, consent }
  const projection = new Projection({ ...world, log: storage.log }, counts, onTrouble)
  const extraPuts = () => [putCounters(counts)]
  const parts = { ...storage, projection, models, analytics, extraPuts, onTrouble }
  const projector = new Projector(parts, { committed: await state.offset(PROJECTOR), ...journal })
  projector.start()
  analytics.wake()
  await caughtUp(projector, storage.log.head())
  return { ...world, projection, projector }
}

function newPersons(state: StateStore, catalog: Catalog, options: WorldOptions): Persons {
  return new Persons({
    state,
    salt: options.salt,
    features: defaultFeatures,
    cacheBytes: options.profileCacheBytes,
    attributeCode: (item, path) => catalog.column(path)?.code(item) ?? -1,
    attributeText: (path, code) => catalog.column(path)?.text(code) ?? '',
  })
}

async function caughtUp(projector: Projector, head: number): Promise<void> {
  const patience = new AbortController()
  const late = setTimeout(CATCH_UP_MS, undefined, { signal: patience.signal }).catch(
    () => undefined,
  )
  await Promise.race([projector.settled(head), late])
  patience.abort()
}

function closer(world: Wired, storage: Storage): () => Promise<void> {
  return async () => {
    try {
      await world.projector.close()
    } finally {
      try {
        await world.analytics.close()
      } finally {
        await storage.close()
      }
    }
  }
}

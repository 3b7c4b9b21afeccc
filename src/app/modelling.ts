import type { Clock } from '../base/index.ts'
import type { Catalog } from '../catalog/index.ts'
import type { AnalyticsStore, ArtifactStore } from '../store/index.ts'
import {
  type LiveModels,
  type Manifest,
  type ModelPointer,
  ModelRegistry,
  type People,
  PersonalServing,
  type Promotion,
  type ServingLimits,
  type ServedModel,
  type TrainedRelations,
  Trainer,
  type TrainingReport,
  type TrainingState,
  type TrainOptions,
  warmUp,
} from '../training/index.ts'
import { trainingErrors } from '../training/index.ts'
import { itemAttributes } from './itemAttributes.ts'
import { TrainingSchedule } from './trainingSchedule.ts'

/** How a workspace trains its models, and serves them. */
export interface TrainingSettings extends ServingLimits {
  /** Time between trainings that nobody asked for; 0: there are none. */
  readonly everyMs: number
  /** A training is ended after this long. */
  readonly timeLimitMs: number
  /** Memory that a training may use, beside what Node itself needs. */
  readonly memoryBytes: number
}

/** The models of a workspace as an operator sees them. */
export interface ModelsView {
  /** What answers now; null: the live counts alone. */
  readonly serving: {
    readonly version: string
    readonly model: string
    /** Weight beside the live counts. */
    readonly weight: number
  } | null
  /** People whose rankings are kept, and whether more are being made since the model came into service. */
  readonly lists: { readonly kept: number; readonly warming: boolean }
  /** What was promoted last, when, and why something else answers if it does. */
  readonly promoted: string | null
  readonly since: number
  readonly trouble: string | null
  /** What a roll-back would serve; undefined when there is nothing before. */
  readonly before: string | null | undefined
  readonly training: TrainingState
  /** Newest first. */
  readonly versions: readonly Manifest[]
}

export interface ModellingParts {
  readonly analytics: AnalyticsStore
  readonly artifacts: ArtifactStore
  readonly catalog: Catalog
  readonly live: LiveModels
  readonly pointer: ModelPointer
  readonly clock: Clock
  readonly code: string
  readonly settings: TrainingSettings
  /** Puts a promotion into the log and resolves when it holds. @throws TRAINING_PROMOTION_RACED */
  readonly command: (promotion: Promotion) => Promise<void>
  /** Resolves when the analytics rows hold what has been collected so far. */
  readonly caughtUp: () => Promise<void>
  readonly people: People
  /** Whether there is nothing else to do at the moment. */
  readonly idle: () => boolean
  readonly onTrouble: (error: unknown) => void
}

/** Trains, keeps, promotes and serves the models of a workspace. */
export class Modelling {
  readonly #parts: ModellingParts
  readonly #registry: ModelRegistry
  readonly #trainer: Trainer
  readonly #schedule: TrainingSchedule
  /** Has for each decision what the models say of the person. */
  readonly serving: PersonalServing
  /** Item-to-item rows of the version in service; undefined: the live counts serve related items alone. */
  relations: TrainedRelations | undefined
  #swap: Promise<void> = Promise.resolve()
  #warming: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined
  #trouble: string | null = null

  private constructor(parts: ModellingParts) {
    this.#parts = parts
    this.#registry = new ModelRegistry(parts.artifacts)
    const { analytics, code, clock, live, settings } = parts
    this.serving = new PersonalServing(live, settings)
    this.#trainer = new Trainer({
      analytics,
      registry: this.#registry,
      code,
      now: () => clock.now(),
      timeLimitMs: settings.timeLimitMs,
      memoryBytes: settings.memoryBytes,
      caughtUp: parts.caughtUp,
      attributes: (items) => itemAttributes(parts.catalog, items),
      situation: () => this.#situation(),
      promote: (version, expected) => this.#put({ version, expected, back: false }),
    })
    this.#schedule = new TrainingSchedule({
      everyMs: settings.everyMs,
      now: () => clock.now(),
      observed: () => parts.live.observed,
      idle: parts.idle,
      train: () => this.start({}),
    })
  }

  /**
   * Loads what is to be served. A version whose file is damaged or gone is reported, and the one before it serves; a
   * workspace opens whatever the state of its models.
   */
  static async open(parts: ModellingParts): Promise<Modelling> {
    const modelling = new Modelling(parts)
    await modelling.#load()
    const [newest] = await modelling.#registry.manifests()
    modelling.#schedule.begin(newest)
    return modelling
  }

  /** @throws TRAINING_BUSY, TRAINING_STOPPED, MODELS_UNKNOWN_MODEL */
  async train(options: TrainOptions): Promise<TrainingReport> {
    this.#trainer.check(options)
    this.#schedule.began()
    return this.#trainer.train(options)
  }

  /** Begins a training and does not wait for it; `view` tells how it goes. @throws TRAINING_BUSY, MODELS_UNKNOWN_MODEL */
  start(options: TrainOptions): TrainingState {
    this.#trainer.check(options)
    this.train(options).catch((error: unknown) => this.#parts.onTrouble(error))
    return this.#trainer.state()
  }

  /** @throws TRAINING_UNKNOWN_VERSION, TRAINING_CORRUPT_VERSION, TRAINING_PROMOTION_RACED */
  async promote(version: string): Promise<void> {
    await this.#put({ version, expected: this.#parts.pointer.serving.version, back: false })
  }

  /** Serves again what was served before the newest promotion. @throws TRAINING_NOTHING_BEFORE and as `promote` */
  async rollBack(): Promise<void> {
    const { version: expected, before } = this.#parts.pointer.serving
    const [version] = before
    if (version === undefined) throw trainingErrors.TRAINING_NOTHING_BEFORE()
    await this.#put({ version, expected, back: true })
  }

  async view(): Promise<ModelsView> {
    const { version, since, before } = this.#parts.pointer.serving
    const served = this.serving.model
    const { fault } = served ?? {}
    const faulty = fault instanceof Error ? `${served?.version}: ${fault.message}` : null
    return {
      serving: served
        ? { version: served.version, model: served.name, weight: served.weight }
        : null,
      lists: { kept: this.serving.lists.size, warming: this.#warming !== undefined },
      promoted: version,
      since,
      trouble: this.#trouble ?? faulty,
      before: before[0],
      training: this.#trainer.state(),
      versions: await this.#registry.manifests(),
    }
  }

  async close(): Promise<void> {
    this.#schedule.stop()
    await this.#trainer.close()
    await this.#serve(undefined)
  }

  /** Puts a model into service; the rankings of who was seen last are made meanwhile. */
  async #serve(model: ServedModel | undefined): Promise<void> {
    this.#warming?.stop.abort()
    await this.serving.serve(model)
    await this.#warming?.ended
    this.#warming = undefined
    if (model === undefined) return
    const stop = new AbortController()
    const { catalog, live, people, onTrouble } = this.#parts
    const parts = { people, live, serving: this.serving, items: () => catalog.size }
    const ended = warmUp({ ...parts, signal: stop.signal }, model)
      .catch(onTrouble)
      .finally(() => {
        if (this.#warming?.stop === stop) this.#warming = undefined
      })
    this.#warming = { stop, ended }
  }

  /** Loaded and checked first, so that a damaged model is refused while the present one serves on. */
  async #put(promotion: Promotion): Promise<void> {
    const { version } = promotion
    const model = version === null ? undefined : await this.#registry.load(version)
    try {
      await this.#parts.command(promotion)
    } catch (error) {
      await model?.close()
      throw error
    }
    const swap = this.#swap.then(() => this.#swapTo(version, model))
    this.#swap = swap.catch(() => undefined)
    await swap
  }

  /** One promotion after the other; one that does not hold any more changes nothing. */
  async #swapTo(version: string | null, model: ServedModel | undefined): Promise<void> {
    if (this.#parts.pointer.serving.version !== version) return model?.close()
    this.#trouble = null
    this.relations = await this.#relationsOf(version)
    await this.#serve(model)
  }

  /** A damaged file is reported, and leaves the live counts in service for related items. */
  async #relationsOf(version: string | null): Promise<TrainedRelations | undefined> {
    if (version === null) return undefined
    try {
      return await this.#registry.relations(version)
    } catch (error) {
      this.#parts.onTrouble(error)
      this.#trouble ??= error instanceof Error ? error.message : String(error)
      return undefined
    }
  }

  async #load(): Promise<void> {
    const { version, before } = this.#parts.pointer.serving
    for (const each of [version, ...before]) {
      if (each === null) return
      try {
        await this.#serve(await this.#registry.load(each))
        this.relations = await this.#relationsOf(each)
        return
      } catch (error) {
        this.#parts.onTrouble(error)
        this.#trouble ??= error instanceof Error ? error.message : String(error)
      }
    }
  }

  #situation() {
    const { pointer, catalog, live } = this.#parts
    const { version, before } = pointer.serving
    const needed = [version, this.serving.model?.version, before[0]]
    return {
      serving: version,
      needed: needed.filter((each) => typeof each === 'string'),
      items: catalog.size,
      observed: live.observed,
    }
  }
}

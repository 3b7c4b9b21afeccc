import { availableParallelism } from 'node:os'
import { AttuneError } from '../base/index.ts'
import type { ItemAttributes } from '../models/index.ts'
import type { AnalyticsStore } from '../store/index.ts'
import { trainingErrors } from './errors.ts'
import type { FitJob, FitResult } from './fit/fitJob.ts'
import { runFit } from './fit/runFit.ts'
import { trainableKind } from './fit/trainableKind.ts'
import { TRAINED_ACTIONS, VALUED_ACTIONS } from './fit/trainedActions.ts'
import { nameOf } from './modelPointer.ts'
import type { Manifest, ModelRegistry } from './registry.ts'

/** Bytes that reading and sorting take an event: the columns, the sorted set, the histories. */
const BYTES_AN_EVENT = 64
/** Part of the time for choosing; the rest is for the fit on everything. */
const CHOOSING_SHARE = 0.5
/** Versions that are kept, beside the one in service and the one before it. */
const KEPT = 5

export interface TrainerParts {
  readonly analytics: AnalyticsStore
  readonly registry: ModelRegistry
  /** Version of Attune. */
  readonly code: string
  /** Present time, milliseconds. */
  readonly now: () => number
  readonly timeLimitMs: number
  readonly memoryBytes: number
  /** Resolves when the analytics rows hold what has been collected so far. */
  readonly caughtUp: () => Promise<void>
  /** What is known of the items 0 .. items-1 besides who had them; undefined: nothing. */
  readonly attributes: (items: number) => Promise<ItemAttributes | undefined>
  /** What the workspace is at this moment. */
  readonly situation: () => Situation
  /** Puts a version into service if `expected` still is. @throws TRAINING_PROMOTION_RACED */
  readonly promote: (version: string, expected: string | null) => Promise<void>
}

/** What a training begins from. */
export interface Situation {
  /** The version in service; null: the live counts alone. */
  readonly serving: string | null
  /** Versions that must not be removed. */
  readonly needed: readonly string[]
  /** Items of the catalogue. */
  readonly items: number
  /** Observations of the live counts. */
  readonly observed: number
}

export interface TrainOptions {
  /** Names of the models to try; absent: all. */
  readonly models?: readonly string[]
  readonly seed?: number
}

/** What came of a training. */
export interface TrainingReport {
  /** `promoted`: in service now · `kept`: fitted and kept, but not better · the others: nothing was fitted. */
  readonly outcome: 'promoted' | 'kept' | 'too-little' | 'no-model'
  readonly version: string | null
  /** In words, for people. */
  readonly why: string
  readonly seconds: number
  readonly data: FitResult['data']
  readonly tried: FitResult['tried']
  readonly manifest: Manifest | null
}

/** How a training stands, for whoever asks. */
export interface TrainingState {
  readonly running: boolean
  /** When the one under way, or the last one, began; 0: never. */
  readonly startedAt: number
  /** What it is doing. */
  readonly step: string
  /** Share of the step that is done. */
  readonly done: number
  /** What came of the last one. */
  readonly last: TrainingReport | { readonly code: string; readonly error: string } | null
}

/** Trains the models of a workspace, one training at a time. */
export class Trainer {
  readonly #parts: TrainerParts
  #running: { readonly stop: AbortController; readonly ended: Promise<unknown> } | undefined
  #startedAt = 0
  #step = ''
  #done = 0
  #last: TrainingState['last'] = null

  constructor(parts: TrainerParts) {
    this.#parts = parts
  }

  state(): TrainingState {
    return {
      running: this.#running !== undefined,
      startedAt: this.#startedAt,
      step: this.#step,
      done: this.#done,
      last: this.#last,
    }
  }

  /** @throws TRAINING_BUSY, MODELS_UNKNOWN_MODEL */
  check({ models = [] }: TrainOptions): void {
    if (this.#running !== undefined) throw trainingErrors.TRAINING_BUSY()
    for (const name of models) trainableKind(name)
  }

  /**
   * Reads, fits in a thread of its own, keeps the version, and promotes it if it is better beyond noise than what is served,
   * or the same recipe on newer data.
   * @throws TRAINING_BUSY, MODELS_UNKNOWN_MODEL, TRAINING_STOPPED; what was served is served on
   */
  async train(options: TrainOptions = {}): Promise<TrainingReport> {
    this.check(options)
    const stop = new AbortController()
    const training = this.#train(options, stop.signal)
    this.#running = { stop, ended: training.catch(() => undefined) }
    this.#startedAt = this.#parts.now()
    try {
      const report = await training
      this.#last = report
      return report
    } catch (error) {
      const code = error instanceof AttuneError ? error.code : 'TRAINING_STOPPED'
      this.#last = { code, error: error instanceof Error ? error.message : String(error) }
      throw error
    } finally {
      this.#running = undefined
      this.#step = ''
    }
  }

  /** Calls off what is under way and waits for its end. */
  async close(): Promise<void> {
    this.#running?.stop.abort()
    await this.#running?.ended
  }

  async #train(options: TrainOptions, signal: AbortSignal): Promise<TrainingReport> {
    const { registry, now, timeLimitMs } = this.#parts
    const startedAt = now()
    await this.#parts.caughtUp()
    const situation = this.#parts.situation()
    const job = await this.#job(options, situation)
    const result = await runFit(job, {
      timeMs: timeLimitMs,
      signal,
      progress: (step, done) => {
        this.#step = step
        this.#done = done
      },
    })
    const seconds = Math.round((now() - startedAt) / 100) / 10
    const { data, tried } = result
    if (result.outcome !== 'fitted') {
      return {
        outcome: result.outcome,
        version: null,
        why: result.why,
        seconds,
        data,
        tried,
        manifest: null,
      }
    }
    const { file, relations, outcome: _, ...fitted } = result
    const version = await registry.next(situation.needed)
    const { serving: parent, observed } = situation
    const { code } = this.#parts
    const lineage = {
      version,
      createdAt: startedAt,
      code,
      seed: job.seed,
      parent,
      observed,
      seconds,
    }
    const manifest = await registry.put({ ...lineage, ...fitted }, file, relations)
    const ended = await this.#promoteIfBetter(manifest)
    await registry.prune(KEPT, [version, ...this.#parts.situation().needed])
    return { ...ended, version, seconds, data, tried, manifest }
  }

  async #job(options: TrainOptions, situation: Situation): Promise<FitJob> {
    const { analytics, memoryBytes, timeLimitMs } = this.#parts
    this.#step = 'Reading events'
    const most = Math.floor(memoryBytes / BYTES_AN_EVENT / 2)
    const columns = await analytics.interactions({
      actions: TRAINED_ACTIONS,
      valued: VALUED_ACTIONS,
      most,
    })
    const serving = await this.#servingModel(situation.serving)
    const { items } = situation
    const attributes = await this.#parts.attributes(items)
    return {
      columns,
      items,
      ...(attributes && { attributes }),
      ...(options.models && { models: options.models }),
      ...(serving && { serving }),
      seed: options.seed ?? 1,
      // One core is left to serving, where there are several.
      threads: Math.max(1, availableParallelism() - 1),
      memoryBytes,
      choosingMs: CHOOSING_SHARE * timeLimitMs,
    }
  }

  /** A version in service that cannot be read is no hurdle. */
  async #servingModel(version: string | null): Promise<FitJob['serving']> {
    if (version === null) return undefined
    try {
      const { weight, data } = await this.#parts.registry.manifest(version)
      const file = await this.#parts.registry.file(version)
      return { version, file, weight, seenTo: data.to }
    } catch {
      return undefined
    }
  }

  async #promoteIfBetter(manifest: Manifest): Promise<Pick<TrainingReport, 'outcome' | 'why'>> {
    const { version, parent, judgement } = manifest
    const words = gainInWords(manifest)
    if (!judgement.better && judgement.renewed === undefined)
      return { outcome: 'kept', why: `${version} is kept, not served: ${words}` }
    try {
      await this.#parts.promote(version, parent)
    } catch (error) {
      if (!(error instanceof AttuneError) || error.code !== 'TRAINING_PROMOTION_RACED') throw error
      return { outcome: 'kept', why: `${version} is kept, not served: ${error.message}` }
    }
    return { outcome: 'promoted', why: `${version} is served now: ${words}` }
  }
}

/** How a version did against what was served before. */
function gainInWords({ parent, judgement, model, weight }: Manifest): string {
  const { blend, live, serving, gain, people, cut, renewed } = judgement
  const rival = parent === null || !serving ? 'the live counts alone' : nameOf(parent)
  const before = (serving ?? live).ndcg
  const sign = gain.mean < 0 ? '−' : '+'
  const difference = `${sign}${Math.abs(gain.mean).toFixed(4)} ± ${gain.standardError.toFixed(4)}`
  const where = `on ${people} people${cut === null ? '' : ' of a cut in time'}`
  if (renewed !== undefined) {
    return `the recipe of ${rival}, ${model} (weight ${weight}), fitted on newer data. Nothing else is better beyond noise: ${renewed.rival} reaches ndcg@10 ${renewed.value.ndcg.toFixed(4)} ${where}, ${rival} ${before.toFixed(4)}: ${difference}.`
  }
  return `${model} (weight ${weight}) reaches ndcg@10 ${blend.ndcg.toFixed(4)} ${where}, ${rival} ${before.toFixed(4)}: ${difference}, ${judgement.better ? 'better beyond noise' : 'no better beyond noise'}.`
}

import { webcrypto } from 'node:crypto'
import { isJsonObject } from '../base/index.ts'
import type { ArtifactStore } from '../store/index.ts'
import { trainingErrors } from './errors.ts'
import type { DataSummary, Judgement, Tried } from './fit/fitJob.ts'
import type { Parameters } from '../models/index.ts'
import { isQuickToExplain, type Speed } from './fit/speed.ts'
import type { FittedRelations, RelationJudgement } from './relations/fitRelations.ts'
import { TrainedRelations } from './relations/trainedRelations.ts'
import { ServedModel } from './serve/servedModel.ts'

/** What is known of a version besides the model itself: where it comes from and how good it is. */
export interface Manifest {
  /** Of the manifest itself. */
  readonly format: number
  readonly version: string
  /** Milliseconds. */
  readonly createdAt: number
  /** Version of Attune that fitted it. */
  readonly code: string
  readonly seed: number
  /** The version in service when it was fitted; null: the live counts alone. */
  readonly parent: string | null
  readonly model: string
  readonly parameters: Parameters
  /** Weight beside the live counts. */
  readonly weight: number
  readonly speed: Speed
  readonly data: DataSummary
  /** Observations of the live counts when the data were read: what comes after is new. */
  readonly observed: number
  readonly judgement: Judgement
  readonly tried: readonly Tried[]
  readonly seconds: number
  /** Of the model's file. */
  readonly bytes: number
  readonly sha256: string
  /** Item-to-item rows beside the model; absent when there are none. */
  readonly relations?: {
    readonly bytes: number
    readonly sha256: string
    readonly judged: readonly RelationJudgement[]
  }
}

const FORMAT = 1
const MANIFEST = 'manifest'
const MODEL = 'model'
const RELATIONS = 'relations'

/**
 * Versions of models as artefacts: `<version>/model`, `<version>/relations` where there are any, and `<version>/manifest`. The manifest is written last and removed
 * first, so that a version with one is whole. Versions are v1, v2, … and never given twice while one is kept.
 */
export class ModelRegistry {
  readonly #artifacts: ArtifactStore

  constructor(artifacts: ArtifactStore) {
    this.#artifacts = artifacts
  }

  /** Versions that are whole, newest first. */
  async versions(): Promise<readonly string[]> {
    const names = await this.#artifacts.list('v')
    return names
      .filter((name) => name.endsWith(`/${MANIFEST}`))
      .map((name) => name.slice(0, -MANIFEST.length - 1))
      .sort((a, b) => numberOf(b) - numberOf(a))
  }

  /** Manifests of all versions, newest first; what cannot be read is left out. */
  async manifests(): Promise<readonly Manifest[]> {
    const found: Manifest[] = []
    for (const version of await this.versions()) {
      const manifest = await this.#manifestIfWhole(version)
      if (manifest !== undefined) found.push(manifest)
    }
    return found
  }

  /** @throws TRAINING_UNKNOWN_VERSION, TRAINING_CORRUPT_VERSION */
  async manifest(version: string): Promise<Manifest> {
    const bytes = isVersion(version) ? await this.#read(version, MANIFEST) : undefined
    if (bytes === undefined) throw unknown(version)
    const parsed: unknown = JSON.parse(new TextDecoder().decode(bytes))
    if (isManifest(parsed)) return parsed
    throw trainingErrors.TRAINING_CORRUPT_VERSION(`${version} has another format.`)
  }

  /** Number of the next version. @param taken versions that were given before, though they may be gone */
  async next(taken: readonly string[]): Promise<string> {
    const names = await this.#artifacts.list('v')
    const numbers = [...names, ...taken].map((name) => numberOf(name.split('/')[0] ?? ''))
    return `v${1 + Math.max(0, ...numbers)}`
  }

  /** On disk when it resolves. */
  async put(
    manifest: Omit<Manifest, 'format' | 'bytes' | 'sha256' | 'relations'>,
    file: Uint8Array,
    relations?: FittedRelations,
  ): Promise<Manifest> {
    const whole = {
      ...manifest,
      format: FORMAT,
      bytes: file.byteLength,
      sha256: await digestOf(file),
      ...(relations && {
        relations: {
          bytes: relations.file.byteLength,
          sha256: await digestOf(relations.file),
          judged: relations.judged,
        },
      }),
    }
    await this.#artifacts.put(`${manifest.version}/${MODEL}`, file)
    if (relations) await this.#artifacts.put(`${manifest.version}/${RELATIONS}`, relations.file)
    const text = JSON.stringify(whole)
    await this.#artifacts.put(`${manifest.version}/${MANIFEST}`, new TextEncoder().encode(text))
    return whole
  }

  /** Bytes of a model. @throws TRAINING_UNKNOWN_VERSION, TRAINING_CORRUPT_VERSION */
  async file(version: string): Promise<Uint8Array> {
    const file = isVersion(version) ? await this.#read(version, MODEL) : undefined
    if (file === undefined) throw unknown(version)
    return file
  }

  /**
   * The model of a version, ready to serve.
   * @throws TRAINING_UNKNOWN_VERSION, TRAINING_CORRUPT_VERSION
   */
  async load(version: string): Promise<ServedModel> {
    const { weight, speed, sha256 } = await this.manifest(version)
    const file = await this.file(version)
    try {
      if ((await digestOf(file)) !== sha256)
        throw new Error('the file is not the one that was kept')
      return await ServedModel.open({ version, file, weight, explains: isQuickToExplain(speed) })
    } catch (cause) {
      const words = cause instanceof Error ? cause.message : String(cause)
      throw trainingErrors.TRAINING_CORRUPT_VERSION(`${version}: ${words}`, { cause })
    }
  }

  /**
   * The item-to-item rows of a version; undefined when it has none.
   * @throws TRAINING_UNKNOWN_VERSION, TRAINING_CORRUPT_VERSION
   */
  async relations(version: string): Promise<TrainedRelations | undefined> {
    const { relations } = await this.manifest(version)
    if (relations === undefined) return undefined
    const file = await this.#read(version, RELATIONS)
    if (file === undefined || (await digestOf(file)) !== relations.sha256) {
      throw trainingErrors.TRAINING_CORRUPT_VERSION(
        `${version}: the file of its relations is not the one that was kept.`,
      )
    }
    return TrainedRelations.decode(file)
  }

  /** Removes all but the newest `keep` versions and those named. */
  async prune(keep: number, needed: readonly string[]): Promise<void> {
    for (const version of (await this.versions()).slice(keep)) {
      if (needed.includes(version)) continue
      await this.#artifacts.delete(`${version}/${MANIFEST}`)
      await this.#artifacts.delete(`${version}/${MODEL}`)
      await this.#artifacts.delete(`${version}/${RELATIONS}`)
    }
  }

  async #manifestIfWhole(version: string): Promise<Manifest | undefined> {
    try {
      return await this.manifest(version)
    } catch {
      return undefined
    }
  }

  async #read(version: string, part: string): Promise<Uint8Array | undefined> {
    try {
      return await this.#artifacts.get(`${version}/${part}`)
    } catch (cause) {
      const words = cause instanceof Error ? cause.message : String(cause)
      throw trainingErrors.TRAINING_CORRUPT_VERSION(`${version}: ${words}`, { cause })
    }
  }
}

/** SHA-256 as hex, made on the crypto threads: a model of 100 MB would stop this one for 0.1 s. */
async function digestOf(bytes: Uint8Array): Promise<string> {
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes)).toString('hex')
}

function isVersion(version: string): boolean {
  return /^v\d{1,9}$/.test(version)
}

function numberOf(version: string): number {
  return isVersion(version) ? Number(version.slice(1)) : 0
}

function unknown(version: string): Error {
  return trainingErrors.TRAINING_UNKNOWN_VERSION(
    `There is no model ${JSON.stringify(version.slice(0, 32))}.`,
  )
}

function isManifest(value: unknown): value is Manifest {
  return isJsonObject(value) && value['format'] === FORMAT && typeof value['weight'] === 'number'
}

import { decodeModel, type Recommender, type ScorePart } from '../models/index.ts'
import type { HistoryEntry } from '../profiles/index.ts'
import { type ModelCandidates, ModelReader } from './modelShare.ts'
import { PersonHistory } from './personHistory.ts'

const NOTHING: ModelCandidates = { items: new Int32Array(0), scores: new Float32Array(0) }

/** What a version is served with. */
export interface VersionFile {
  readonly version: string
  readonly file: Uint8Array
  /** Weight beside the live counts, above 0 and up to 1. */
  readonly weight: number
  /** Whether the parts of its scores can be told quickly enough. */
  readonly explains: boolean
}

/**
 * A trained model in service, asked from one thread for one person at a time. It never throws: after a fault of the model
 * it has nothing to say, and decisions go on without it.
 */
export class ServedModel {
  readonly version: string
  readonly weight: number
  /** What made it fall silent, if anything. */
  fault: unknown
  readonly #explains: boolean
  readonly #recommender: Recommender
  readonly #reader: ModelReader
  readonly #history = new PersonHistory()
  /** A profile keeps its list as long as nothing happens and the person is among those asked for lately. */
  readonly #known = new WeakMap<readonly HistoryEntry[], ModelCandidates>()

  /** @throws MODELS_CORRUPT_STATE when the file is of an unknown kind or format; its checksum is the registry's business */
  constructor({ version, file, weight, explains }: VersionFile) {
    this.version = version
    this.weight = weight
    this.#explains = explains
    this.#recommender = decodeModel(file, true).recommender
    this.#reader = new ModelReader(this.#recommender)
  }

  /** Name of the kind of model. */
  get name(): string {
    return this.#recommender.name
  }

  /** Items that it knows; those with higher numbers are newer than it. */
  get items(): number {
    return this.#recommender.items
  }

  /**
   * The leading items for a person by what the person did, also for somebody whom it never saw.
   * @param history newest entry last; the same list is answered from memory
   */
  candidates(history: readonly HistoryEntry[]): ModelCandidates {
    if (this.fault !== undefined) return NOTHING
    const known = this.#known.get(history)
    if (known !== undefined) return known
    try {
      const read = this.#history.read(history)
      const found = read.item.length === 0 ? NOTHING : this.#reader.candidates(read)
      this.#known.set(history, found)
      return found
    } catch (error) {
      this.fault = error
      return NOTHING
    }
  }

  /**
   * For each item the parts of the person's history that speak for it; none when the model cannot tell them quickly.
   * They stand in proportion to each other and not to the scores of `candidates`.
   */
  parts(
    history: readonly HistoryEntry[],
    items: readonly number[],
  ): readonly (readonly ScorePart[])[] {
    if (!this.#explains || this.fault !== undefined) return items.map(() => [])
    try {
      const read = this.#history.read(history)
      return items.map((item) =>
        item < this.items
          ? this.#recommender.parts(read, item).filter(({ score }) => score > 0)
          : [],
      )
    } catch (error) {
      this.fault = error
      return items.map(() => [])
    }
  }
}

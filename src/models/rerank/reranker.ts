import { type Aim, grown } from './aim.ts'
import { Calibration, SMOOTHING } from './calibration.ts'
import { CapCounter } from './caps.ts'
import { Determinant } from './dpp.ts'
import { MarginalRelevance } from './mmr.ts'
import { duePlaces, type NewItems } from './newItems.ts'
import {
  type CalibrationOptions,
  type Candidates,
  checkRerank,
  type DiversityOptions,
  type RerankOptions,
} from './options.ts'
import { controlPopularity, scaleRelevance } from './popularity.ts'
import { AttributeSimilarity, type SimilarityRows, VectorSimilarity } from './similarity.ts'

/** Used when a DPP names no ridge: two items with the same attributes cost each other 1.7 nats, not the list. */
const RIDGE = 0.1

interface Weighted {
  readonly strength: number
  readonly aim: Aim
}

/**
 * Makes short lists out of scored candidates: relevance weighed against diversity and calibration, with caps, places for
 * new items and less favour for popular ones. The list is chosen greedily: each place takes the candidate with the
 * greatest (1 - Σ strengths) · relevance + Σ strength · gain that the rules allow; equal ones by relevance, then by
 * the smaller id. A function of its arguments alone.
 *
 * Keeps its buffers between calls, so that a decision allocates next to nothing: one instance serves one thread.
 */
export class Reranker {
  readonly #mmr = new MarginalRelevance()
  readonly #dpp = new Determinant()
  readonly #sets = new AttributeSimilarity()
  readonly #vectors = new VectorSimilarity()
  readonly #calibrations: Calibration[] = []
  readonly #caps: CapCounter[] = []
  #relevance = new Float64Array(0)
  #open = new Uint8Array(0)
  #due = new Int32Array(0)
  #list = new Int32Array(0)

  /**
   * @returns places among the candidates, best first: at most n, fewer when candidates or caps run out. A view that the
   * next call makes invalid.
   * @throws MODELS_BAD_PARAMETER, MODELS_BAD_DATA
   */
  rerank(candidates: Candidates, options: RerankOptions): Int32Array {
    checkRerank(candidates, options)
    const { ids } = candidates
    const length = Math.min(options.n, ids.length)
    if (length === 0) return this.#list.subarray(0, 0)
    const open = this.#prepare(candidates, options, length)
    const rows = candidates.rows ?? ids
    const aims = this.#aims(options, rows, length)
    const caps = this.#beginCaps(options, rows)
    const { newItems, accepts } = options
    let taken = 0
    let young = 0
    for (let left = ids.length; taken < length && left > 0;) {
      const wanted = newItems !== undefined && young < (this.#due[taken] as number)
      const k = this.#best(ids, open, aims, caps, wanted ? newItems : undefined)
      // Nothing new is left that the caps allow, so the place is anybody's.
      const best = k === -1 && wanted ? this.#best(ids, open, aims, caps, undefined) : k
      if (best === -1) break
      open[best] = 0
      left--
      if (accepts !== undefined && !accepts(best)) continue
      this.#list[taken++] = best
      if (newItems !== undefined && isNew(newItems, best)) young++
      if (taken === length) break
      for (const { aim } of aims) aim.take(best, open)
      for (const cap of caps) cap.take(best)
    }
    return this.#list.subarray(0, taken)
  }

  /** Relevance from 0 to 1, the places due to new items, and which candidates are open: all. */
  #prepare(candidates: Candidates, options: RerankOptions, length: number): Uint8Array {
    const { scores } = candidates
    const { popularity, newItems } = options
    if (this.#open.length < scores.length) this.#open = new Uint8Array(scores.length)
    if (this.#list.length < length) {
      this.#list = new Int32Array(length)
      this.#due = new Int32Array(length)
    }
    this.#relevance = grown(this.#relevance, scores.length)
    this.#relevance.set(scores)
    scaleRelevance(this.#relevance, scores.length)
    if (popularity !== undefined) controlPopularity(this.#relevance, scores.length, popularity)
    if (newItems !== undefined) {
      duePlaces(this.#due.subarray(0, length), newItems.share, newItems.seed)
    }
    return this.#open.subarray(0, scores.length).fill(1)
  }

  #aims(options: RerankOptions, rows: Int32Array, length: number): readonly Weighted[] {
    const { diversity, calibration = [] } = options
    const aims: Weighted[] = []
    if (diversity !== undefined && diversity.strength > 0) {
      aims.push({ strength: diversity.strength, aim: this.#diversity(diversity, rows, length) })
    }
    for (const [k, each] of calibration.entries()) {
      if (each.strength === 0) continue
      aims.push({ strength: each.strength, aim: this.#calibration(k, each, rows, length) })
    }
    return aims
  }

  #diversity(options: DiversityOptions, rows: Int32Array, length: number): Aim {
    const similarity = this.#similarity(options, rows)
    if (options.method === 'mmr') {
      this.#mmr.begin(similarity, rows.length)
      return this.#mmr
    }
    this.#dpp.begin(similarity, rows.length, length, options.ridge ?? RIDGE)
    return this.#dpp
  }

  #similarity({ similarity }: DiversityOptions, rows: Int32Array): SimilarityRows {
    if ('vectors' in similarity) {
      this.#vectors.begin(similarity.vectors, similarity.dimensions, rows)
      return this.#vectors
    }
    this.#sets.begin(similarity.attributes, similarity.measure ?? 'jaccard', rows)
    return this.#sets
  }

  #calibration(k: number, options: CalibrationOptions, rows: Int32Array, length: number): Aim {
    const { attributes, target, smoothing = SMOOTHING } = options
    const calibration = (this.#calibrations[k] ??= new Calibration())
    calibration.begin(attributes, target, rows, length, smoothing)
    return calibration
  }

  #beginCaps({ caps = [] }: RerankOptions, rows: Int32Array): readonly CapCounter[] {
    for (const [k, cap] of caps.entries()) (this.#caps[k] ??= new CapCounter()).begin(cap, rows)
    return this.#caps.slice(0, caps.length)
  }

  /** The best open candidate that the caps allow, among the new ones where `only` says which these are; -1: none. */
  #best(
    ids: Int32Array,
    open: Uint8Array,
    aims: readonly Weighted[],
    caps: readonly CapCounter[],
    only: NewItems | undefined,
  ): number {
    const relevance = this.#relevance
    const rest = aims.reduce((weight, { strength }) => weight - strength, 1)
    const weight = Math.max(0, rest)
    let best = -1
    let highest = 0
    for (let k = 0; k < open.length; k++) {
      if (open[k] === 0 || (only !== undefined && !isNew(only, k))) continue
      let value = weight * (relevance[k] as number)
      for (const { strength, aim } of aims) value += strength * (aim.gain[k] as number)
      if (best !== -1) {
        if (value < highest) continue
        if (value === highest && !this.#before(ids, k, best)) continue
      }
      if (!caps.every((cap) => cap.allows(k))) continue
      best = k
      highest = value
    }
    return best
  }

  #before(ids: Int32Array, a: number, b: number): boolean {
    const ofA = this.#relevance[a] as number
    const ofB = this.#relevance[b] as number
    return ofA > ofB || (ofA === ofB && (ids[a] as number) < (ids[b] as number))
  }
}

function isNew({ age, youngerThan }: NewItems, k: number): boolean {
  return (age[k] as number) < youngerThan
}

/** The ids of a list out of candidates, best first. As `Reranker.rerank`, with buffers of its own. */
export function rerank(candidates: Candidates, options: RerankOptions): Int32Array {
  return new Reranker().rerank(candidates, options).map((place) => candidates.ids[place] as number)
}

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
import { AttributeSimilarity, type CandidateSimilarity, VectorSimilarity } from './similarity.ts'

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
  readonly #counters: CapCounter[] = []
  /** Of the current list. */
  readonly #aims: Weighted[] = []
  readonly #caps: CapCounter[] = []
  /** Of relevance. */
  #weight = 1
  #relevance = new Float64Array(0)
  /** By candidate: relevance and gains, as they were when the list had `#since` items: a bound since then. */
  #value = new Float64Array(0)
  #since = new Int32Array(0)
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
    this.#prepare(candidates, options, length)
    const rows = candidates.rows ?? ids
    this.#beginAims(options, rows, length)
    this.#beginCaps(options, rows)
    const { newItems, accepts } = options
    let taken = 0
    let young = 0
    while (taken < length) {
      const wanted = newItems !== undefined && young < (this.#due[taken] as number)
      const k = this.#best(ids, taken, wanted ? newItems : undefined)
      // Nothing new is left that the caps allow, so the place is anybody's.
      const best = k === -1 && wanted ? this.#best(ids, taken, undefined) : k
      if (best === -1) break
      this.#open[best] = 0
      if (accepts !== undefined && !accepts(best)) continue
      this.#list[taken++] = best
      if (newItems !== undefined && isNew(newItems, best)) young++
      for (const { aim } of this.#aims) aim.take(best)
      for (const cap of this.#caps) cap.take(best)
    }
    const list = this.#list.subarray(0, taken)
    if (options.order === 'relevance') list.sort((a, b) => (this.#before(ids, a, b) ? -1 : 1))
    return list
  }

  /** Relevance from 0 to 1, and the places due to new items; all candidates are open. */
  #prepare({ scores }: Candidates, options: RerankOptions, length: number): void {
    const { popularity, newItems } = options
    const count = scores.length
    if (this.#open.length < count) {
      this.#open = new Uint8Array(count)
      this.#since = new Int32Array(count)
    }
    this.#open.fill(1, 0, count)
    this.#since.fill(0, 0, count)
    if (this.#list.length < length) {
      this.#list = new Int32Array(length)
      this.#due = new Int32Array(length)
    }
    this.#relevance = grown(this.#relevance, count)
    this.#relevance.set(scores)
    scaleRelevance(this.#relevance, count)
    if (popularity !== undefined) controlPopularity(this.#relevance, count, popularity)
    if (newItems !== undefined) {
      duePlaces(this.#due.subarray(0, length), newItems.share, newItems.seed)
    }
  }

  /** The aims that count, and the value of each candidate for an empty list. */
  #beginAims(options: RerankOptions, rows: Int32Array, length: number): void {
    const { diversity, calibration = [] } = options
    this.#aims.length = 0
    this.#weight = 1
    if (diversity !== undefined && diversity.strength > 0) {
      this.#add(diversity.strength, this.#diversity(diversity, rows, length))
    }
    for (const [k, each] of calibration.entries()) {
      if (each.strength > 0) this.#add(each.strength, this.#calibration(k, each, rows, length))
    }
    this.#value = grown(this.#value, rows.length)
    for (let k = 0; k < rows.length; k++) this.#valueAt(k)
  }

  #add(strength: number, aim: Aim): void {
    this.#aims.push({ strength, aim })
    this.#weight = Math.max(0, this.#weight - strength)
  }

  #valueAt(k: number): void {
    let value = this.#weight * (this.#relevance[k] as number)
    for (let a = 0; a < this.#aims.length; a++) {
      const { strength, aim } = this.#aims[a] as Weighted
      value += strength * (aim.gain[k] as number)
    }
    this.#value[k] = value
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

  #similarity({ similarity }: DiversityOptions, rows: Int32Array): CandidateSimilarity {
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

  #beginCaps({ caps = [] }: RerankOptions, rows: Int32Array): void {
    this.#caps.length = 0
    for (const [k, cap] of caps.entries()) {
      const counter = (this.#counters[k] ??= new CapCounter())
      counter.begin(cap, rows)
      this.#caps.push(counter)
    }
  }

  /**
   * The best open candidate for a list with `taken` items that the caps allow, among the new ones where `only` says
   * which these are; -1: none. Values are bounds until they are refreshed, which only those that may win are.
   */
  #best(ids: Int32Array, taken: number, only: NewItems | undefined): number {
    const open = this.#open
    const values = this.#value
    let best = -1
    let highest = Number.NEGATIVE_INFINITY
    for (let k = 0; k < ids.length; k++) {
      if ((values[k] as number) < highest || open[k] === 0) continue
      if (only !== undefined && !isNew(only, k)) continue
      if (this.#since[k] !== taken) this.#refresh(k, taken)
      const value = values[k] as number
      if (value < highest) continue
      if (best !== -1 && value === highest && !this.#before(ids, k, best)) continue
      if (!this.#allowed(k)) continue
      best = k
      highest = value
    }
    return best
  }

  #refresh(k: number, taken: number): void {
    const since = this.#since[k] as number
    for (let a = 0; a < this.#aims.length; a++) (this.#aims[a] as Weighted).aim.refresh(k, since)
    this.#since[k] = taken
    this.#valueAt(k)
  }

  #allowed(k: number): boolean {
    for (let c = 0; c < this.#caps.length; c++) {
      if (!(this.#caps[c] as CapCounter).allows(k)) return false
    }
    return true
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

import { modelErrors } from '../errors.ts'
import type { ItemAttributes } from '../recommend/recommender.ts'
import type { Cap } from './caps.ts'
import type { NewItems } from './newItems.ts'
import type { PopularityControl } from './popularity.ts'
import type { Similarity } from './similarity.ts'

/** What may come onto a list, in any order; fastest when the best come first. */
export interface Candidates {
  /** None twice; equal candidates come in the order of their ids. */
  readonly ids: Int32Array
  /** Finite; higher is better. Only their differences count: they are brought to 0 .. 1. */
  readonly scores: Float64Array | Float32Array
  /** Row of each candidate in attributes and vectors. Absent: its id. A row beyond them is an item without any. */
  readonly rows?: Int32Array
}

export interface DiversityOptions {
  /** `mmr`: no item much like another of the list; `dpp`: the items span as much as they can together. */
  readonly method: 'mmr' | 'dpp'
  /** 0: relevance alone; 1: diversity alone. */
  readonly strength: number
  readonly similarity: Similarity
  /** dpp: similarities count 1 - ridge; from 0 to 1, default 0.1. With 0 two items that are quite alike exclude each other. */
  readonly ridge?: number
}

export interface CalibrationOptions {
  /** 0: relevance alone; 1: calibration alone. */
  readonly strength: number
  readonly attributes: ItemAttributes
  /** Wanted share of each value, none below 0, such as `attributeShares` of the history. All 0: nothing is wanted. */
  readonly target: ArrayLike<number>
  /** Above 0 and below 1, default 0.01. */
  readonly smoothing?: number
}

export interface RerankOptions {
  /** Length of the list; at least 1. */
  readonly n: number
  readonly diversity?: DiversityOptions
  /** The strengths of diversity and of all calibrations are at most 1 together; the rest is the weight of relevance. */
  readonly calibration?: readonly CalibrationOptions[]
  readonly popularity?: PopularityControl
  /** Hold in any case: the list is rather short. */
  readonly caps?: readonly Cap[]
  readonly newItems?: NewItems
  /**
   * How the chosen items stand: `chosen` (default), as they were chosen, or `relevance`, the most relevant first. Not
   * with new items or windows of caps, whose places it would undo.
   */
  readonly order?: 'chosen' | 'relevance'
  /** The last word on a candidate that is about to be taken, by its place among the candidates; asked once for each. */
  readonly accepts?: (candidate: number) => boolean
}

/**
 * Cost: linear in the candidates and the targets.
 * @throws MODELS_BAD_PARAMETER naming the option, MODELS_BAD_DATA naming the row
 */
export function checkRerank(candidates: Candidates, options: RerankOptions): void {
  const { ids, scores, rows } = candidates
  const { n, diversity, calibration = [], popularity, caps = [], newItems } = options
  if (!Number.isInteger(n) || n < 1) throw bad('n', n, 'a whole number from 1')
  if (rows !== undefined) checkLength('rows', rows, ids.length)
  checkNumbers('scores', scores, ids.length, Number.NEGATIVE_INFINITY)
  if (diversity !== undefined) checkDiversity(diversity)
  for (const each of calibration) checkCalibration(each)
  const strengths = [diversity, ...calibration].map((each) => each?.strength ?? 0)
  // Ten strengths of 0.1 add up to a little less or more than 1.
  const sum = strengths.reduce((before, strength) => before + strength, 0)
  if (sum > 1 + 1e-9) throw bad('the sum of all strengths', sum, 'at most 1')
  if (popularity !== undefined) {
    between('popularity.strength', popularity.strength, 0, 10)
    checkNumbers('popularity', popularity.popularity, ids.length, 0)
  }
  for (const { most, window = 1 } of caps) {
    if (!Number.isInteger(most) || most < 1) throw bad('caps.most', most, 'a whole number from 1')
    if (!Number.isInteger(window) || window < 1) {
      throw bad('caps.window', window, 'a whole number from 1')
    }
  }
  const placed = newItems !== undefined || caps.some(({ window }) => window !== undefined)
  if (options.order === 'relevance' && placed) {
    throw modelErrors.MODELS_BAD_PARAMETER(
      'rerank: order is "relevance"; it must be "chosen" with newItems or with windows of caps.',
    )
  }
  if (newItems !== undefined) {
    between('newItems.share', newItems.share, 0, 1)
    checkLength('newItems.age', newItems.age, ids.length)
  }
}

function checkDiversity({ strength, ridge = 0, similarity }: DiversityOptions): void {
  between('diversity.strength', strength, 0, 1)
  between('diversity.ridge', ridge, 0, 1)
  if (!('vectors' in similarity)) return
  const { dimensions, vectors } = similarity
  if (!Number.isInteger(dimensions) || dimensions < 1) {
    throw bad('similarity.dimensions', dimensions, 'a whole number from 1')
  }
  if (vectors.length % dimensions !== 0) {
    throw modelErrors.MODELS_BAD_DATA(
      `rerank: ${vectors.length} numbers are no rows of ${dimensions} each.`,
    )
  }
}

function checkCalibration({ strength, attributes, target, smoothing }: CalibrationOptions): void {
  between('calibration.strength', strength, 0, 1)
  checkNumbers('calibration.target', target, attributes.values, 0)
  if (smoothing !== undefined && !(smoothing > 0 && smoothing < 1)) {
    throw bad('calibration.smoothing', smoothing, 'above 0 and below 1')
  }
}

function checkLength(name: string, list: ArrayLike<number>, length: number): void {
  if (list.length === length) return
  throw modelErrors.MODELS_BAD_DATA(`rerank: ${name} has ${list.length} rows, not ${length}.`)
}

function checkNumbers(name: string, list: ArrayLike<number>, length: number, least: number): void {
  checkLength(name, list, length)
  for (let k = 0; k < length; k++) {
    const value = list[k] as number
    if (Number.isFinite(value) && value >= least) continue
    const allowed = least === 0 ? 'a finite number from 0' : 'a finite number'
    throw modelErrors.MODELS_BAD_DATA(`rerank: ${name}, row ${k}: ${value} is not ${allowed}.`)
  }
}

function between(name: string, value: number, least: number, most: number): void {
  if (!(value >= least && value <= most)) throw bad(name, value, `from ${least} to ${most}`)
}

function bad(name: string, value: number, allowed: string): Error {
  return modelErrors.MODELS_BAD_PARAMETER(`rerank: ${name} is ${value}; it must be ${allowed}.`)
}

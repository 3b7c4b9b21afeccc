import { idealGain } from '../../evaluate/metric.ts'
import type { CandidateRows } from './candidateRows.ts'

/** Weight of each member; 0: it is not asked. */
export type Weights = readonly number[]

/** Free weights beyond these overfit: a blend with 7 lost on the test what it had won on the cut. */
const MOST_MEMBERS = 5
const STEPS = [2, 1.5, 1.2, 1 / 1.2, 1 / 1.5, 1 / 2]
const FIRST_WEIGHTS = [0.1, 0.3, 0.6, 1]

/** What the questions are measured by: NDCG cut off at rank k. */
export interface BlendOptions {
  readonly k: number
  /** Questions that count, by number; absent: all. */
  readonly among?: ArrayLike<number>
}

/**
 * NDCG@k of each question when its rows are ordered by `score`; equal scores share the mean of their ranks.
 * Right items that are in no row are missed. Cost: rows × right items among them.
 */
export function ndcgOfRows(
  { start, right, questions }: CandidateRows,
  score: Float32Array,
  { k, among }: BlendOptions,
): Float64Array {
  const count = among?.length ?? questions.count
  const result = new Float64Array(count)
  for (let n = 0; n < count; n++) {
    const q = among === undefined ? n : (among[n] as number)
    const from = start[q] as number
    const to = start[q + 1] as number
    const wanted =
      (questions.relevant.start[q + 1] as number) - (questions.relevant.start[q] as number)
    let gain = 0
    for (let r = from; r < to; r++) {
      if (right[r] === 1) gain += gainAt(rankOf(score, r, from, to), k)
    }
    if (gain > 0) result[n] = gain / idealGain(Math.min(k, wanted))
  }
  return result
}

function gainAt(rank: number, k: number): number {
  return rank <= k ? 1 / Math.log2(rank + 1) : 0
}

function rankOf(score: Float32Array, row: number, from: number, to: number): number {
  const own = score[row] as number
  let higher = 0
  let equal = 0
  for (let r = from; r < to; r++) {
    const other = score[r] as number
    if (other > own) higher++
    else if (other === own) equal++
  }
  return higher + (equal + 1) / 2
}

/** The weighted sum of the members' z-scores, row by row. */
export function blended(rows: CandidateRows, weights: Weights): Float32Array {
  const sum = new Float32Array(rows.item.length)
  weights.forEach((weight, m) => {
    const column = rows.standard[m]
    if (weight === 0 || column === undefined) return
    for (let r = 0; r < sum.length; r++) {
      sum[r] = (sum[r] as number) + weight * (column[r] as number)
    }
  })
  return sum
}

export function meanOf(values: Float64Array): number {
  let sum = 0
  for (const value of values) sum += value
  return values.length === 0 ? 0 : sum / values.length
}

/** One member alone, the best by the mean over the questions. */
export function bestMember(rows: CandidateRows, options: BlendOptions): Weights {
  const values = rows.standard.map((column) => meanOf(ndcgOfRows(rows, column, options)))
  const best = values.indexOf(Math.max(...values))
  return values.map((_, m) => (m === best ? 1 : 0))
}

/**
 * Weights by hill climbing: starting from the best member, the member and weight that help most are added while
 * one helps, at most five; then each weight is moved while that helps.
 * Cost: about 200 passes over the rows.
 */
export function climbWeights(rows: CandidateRows, options: BlendOptions): Weights {
  const valueOf = (weights: Weights): number =>
    meanOf(ndcgOfRows(rows, blended(rows, weights), options))
  let weights = bestMember(rows, options)
  let value = valueOf(weights)
  for (let size = 1; size < MOST_MEMBERS; size++) {
    const added = better(valueOf, value, additions(weights))
    if (added === undefined) break
    const settled = settle(valueOf, added.value, added.weights)
    weights = settled.weights
    value = settled.value
  }
  return weights
}

interface Valued {
  readonly weights: Weights
  readonly value: number
}

function additions(weights: Weights): Weights[] {
  return weights.flatMap((weight, m) =>
    weight === 0 ? FIRST_WEIGHTS.map((first) => weights.with(m, first)) : [],
  )
}

function better(
  valueOf: (weights: Weights) => number,
  value: number,
  options: readonly Weights[],
): Valued | undefined {
  let best: Valued | undefined
  for (const weights of options) {
    const found = valueOf(weights)
    if (found > (best?.value ?? value)) best = { weights, value: found }
  }
  return best
}

/** Moves one weight after the other while that helps. */
function settle(valueOf: (weights: Weights) => number, value: number, weights: Weights): Valued {
  let best: Valued = { weights, value }
  for (let round = 0; round < 4; round++) {
    const before = best.value
    for (let m = 0; m < weights.length; m++) {
      const own = best.weights[m] ?? 0
      if (own === 0) continue
      const moves = STEPS.map((step) => best.weights.with(m, own * step))
      best = better(valueOf, best.value, moves) ?? best
    }
    if (best.value === before) break
  }
  return best
}

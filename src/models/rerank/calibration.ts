import type { ItemAttributes } from '../recommend/recommender.ts'
import { type Aim, grown } from './aim.ts'
import { CandidateValues } from './candidateValues.ts'

/** Steck's α: this share of the target is mixed into the list's shares, so that a missing value costs log 1/α at most. */
export const SMOOTHING = 0.01

/**
 * The shares of attribute values in some items: each item divides its weight evenly among its values. Sums to 1, or is
 * all 0 when no item has a value. Cost: linear in the values of the items.
 * @param weights of the items, none below 0; absent: 1 each
 */
export function attributeShares(
  { values, start, index }: ItemAttributes,
  items: ArrayLike<number>,
  weights?: ArrayLike<number>,
): Float64Array {
  const shares = new Float64Array(values)
  let all = 0
  for (let k = 0; k < items.length; k++) {
    const item = items[k] as number
    if (item < 0 || item + 1 >= start.length) continue
    const from = start[item] as number
    const to = start[item + 1] as number
    const weight = weights === undefined ? 1 : (weights[k] as number)
    if (to === from || weight === 0) continue
    all += weight
    for (let e = from; e < to; e++) {
      const value = index[e] as number
      shares[value] = (shares[value] as number) + weight / (to - from)
    }
  }
  if (all > 0) for (let v = 0; v < values; v++) shares[v] = (shares[v] as number) / all
  return shares
}

/**
 * How far the shares of a list are from a target: the Kullback-Leibler divergence, in nats, of the target p from
 * (1 - smoothing) · shares + smoothing · p. 0 when they are equal, log(1/smoothing) when nothing is shared.
 * Source: H. Steck, "Calibrated Recommendations", RecSys 2018.
 */
export function miscalibration(
  target: ArrayLike<number>,
  shares: ArrayLike<number>,
  smoothing = SMOOTHING,
): number {
  let sum = 0
  for (let v = 0; v < target.length; v++) {
    const p = target[v] as number
    if (p > 0) sum += p * Math.log(p / ((1 - smoothing) * (shares[v] as number) + smoothing * p))
  }
  return sum
}

/**
 * Calibration (H. Steck, "Calibrated Recommendations", RecSys 2018): the attribute values of a list shall have the
 * shares that they have in a target, such as the person's history.
 *
 * With p the target, s_iv the share of value v in item i (1 / number of its values) and c = n α / (1 - α),
 *
 *     F(I) = Σ_v p_v log(1 + Σ_{i in I} s_iv / (c p_v))
 *
 * is 0 for the empty list, never falls and is submodular, so the greedy choice reaches at least 1 - 1/e of the best
 * list; and for n items that all have values, F(I) = log(1/α) - KL(p ‖ (1 - α) q(I) + α p), q the shares of the list.
 * A candidate gains n times what it adds to F: then Σ (1 - strength) · relevance + strength · gain is, but for a
 * constant, n · ((1 - strength) · mean relevance - strength · KL), and a strength means the same for every length.
 *
 * Cost of n out of m: n times the values of the candidates that may be next, one logarithm for each value of what was
 * taken last; and 8 bytes to clear for each value and each number of values that candidates have.
 */
export class Calibration implements Aim {
  gain = new Float64Array(0)
  readonly #values = new CandidateValues()
  /** Number of values of each candidate as a class: lists of the same length share their terms. */
  #classes: number[] = []
  #classOf = new Int32Array(0)
  /** Value × class: what a candidate of the class gains by the value; NaN: to be computed. */
  #terms = new Float64Array(0)
  /** c · p + the sum of the shares on the list, by value. */
  #mass = new Float64Array(0)
  #target: ArrayLike<number> = []
  #sum = 1
  #length = 0

  /** @param target a share for each value, none below 0, of any positive sum; without one nothing is gained */
  begin(
    attributes: ItemAttributes,
    target: ArrayLike<number>,
    rows: Int32Array,
    length: number,
    smoothing: number,
  ): void {
    const values = this.#values
    values.read(attributes, rows)
    this.#target = target
    this.#length = length
    this.#sum = 0
    for (let v = 0; v < attributes.values; v++) this.#sum += target[v] as number
    this.#classify(rows.length)
    this.#terms = grown(this.#terms, attributes.values * this.#classes.length)
    this.#terms.fill(Number.NaN, 0, attributes.values * this.#classes.length)
    this.#mass = grown(this.#mass, attributes.values)
    const seed = (length * smoothing) / (1 - smoothing) / this.#sum
    for (let v = 0; v < attributes.values; v++) this.#mass[v] = seed * (target[v] as number)
    this.gain = grown(this.gain, rows.length)
    for (let k = 0; k < rows.length; k++) this.gain[k] = this.#gainOf(k)
  }

  take(k: number): void {
    const { start, index } = this.#values
    const to = start[k + 1] as number
    const from = start[k] as number
    const classes = this.#classes.length
    for (let e = from; e < to; e++) {
      const v = index[e] as number
      this.#mass[v] = (this.#mass[v] as number) + 1 / (to - from)
      this.#terms.fill(Number.NaN, v * classes, (v + 1) * classes)
    }
  }

  refresh(k: number): void {
    this.gain[k] = this.#gainOf(k)
  }

  #classify(candidates: number): void {
    if (this.#classOf.length < candidates) this.#classOf = new Int32Array(candidates)
    this.#classes = []
    for (let k = 0; k < candidates; k++) {
      const size = this.#values.size(k)
      const known = this.#classes.indexOf(size)
      this.#classOf[k] = known === -1 ? this.#classes.push(size) - 1 : known
    }
  }

  #gainOf(k: number): number {
    const { start, index } = this.#values
    const terms = this.#terms
    const classes = this.#classes.length
    const own = this.#classOf[k] as number
    const to = start[k + 1] as number
    let sum = 0
    for (let e = start[k] as number; e < to; e++) {
      const v = index[e] as number
      const at = v * classes + own
      let term = terms[at] as number
      if (Number.isNaN(term)) {
        term = this.#term(v, this.#classes[own] as number)
        terms[at] = term
      }
      sum += term
    }
    return sum
  }

  #term(v: number, size: number): number {
    const p = this.#target[v] as number
    if (p === 0) return 0
    return ((this.#length * p) / this.#sum) * Math.log1p(1 / size / (this.#mass[v] as number))
  }
}

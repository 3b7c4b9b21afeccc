import { DEPTH, DenseAlgebra, type Panels } from './denseAlgebra.ts'
import { blockOf, type DenseMatrix, denseMatrix, matrixBytes, transposeOf } from './denseMatrix.ts'
import { KernelMemory } from './kernelMemory.ts'

/** People whose scores are made at once. */
const MOST_PEOPLE = 48
/** Items that are laid out at once. */
const CHUNK = 2_400

/** Inner products of people with all items, where both are vectors of at most 480 factors. */
export class FactorScores {
  readonly items: number
  readonly factors: number
  readonly #algebra: DenseAlgebra
  readonly #vectors: Panels
  readonly #people: DenseMatrix
  readonly #scores: DenseMatrix

  /**
   * @param vectors items × factors, row by row; copied
   * @throws MATH_OUT_OF_MEMORY, MATH_KERNEL_MISSING
   */
  constructor(vectors: Float32Array, items: number, factors: number) {
    if (factors > DEPTH) throw new RangeError(`more than ${DEPTH} factors`)
    this.items = items
    this.factors = factors
    const chunk = Math.min(CHUNK, items)
    const panels = (items + 24) * factors
    const bytes = DenseAlgebra.bytes(MOST_PEOPLE) + 4 * panels + matrixBytes(MOST_PEOPLE, items)
    const rest = matrixBytes(MOST_PEOPLE, factors) + matrixBytes(chunk, factors)
    const memory = new KernelMemory(bytes + rest)
    this.#algebra = new DenseAlgebra(memory, MOST_PEOPLE)
    const { at } = memory.f32(panels)
    const rows = denseMatrix(memory, chunk, factors)
    for (let from = 0; from < items; from += CHUNK) {
      const count = Math.min(CHUNK, items - from)
      for (let r = 0; r < count; r++) {
        const first = (from + r) * factors
        rows.view.set(vectors.subarray(first, first + factors), r * rows.stride)
      }
      const block = blockOf(rows, 0, 0, count, factors)
      this.#algebra.packRight(transposeOf(block), at, from)
    }
    this.#vectors = { at, lanes: items, depth: factors }
    this.#people = denseMatrix(memory, MOST_PEOPLE, factors)
    this.#scores = denseMatrix(memory, MOST_PEOPLE, items)
  }

  /**
   * scores[p · items + i] = people[p · factors ..] · vectors[i · factors ..].
   * Cost: people × items × factors multiplications at 20 to 25 a ns; one person costs as much as six.
   */
  scores(people: Float32Array, count: number, scores: Float32Array): void {
    const { items, factors } = this
    for (let from = 0; from < count; from += MOST_PEOPLE) {
      const rows = Math.min(MOST_PEOPLE, count - from)
      for (let r = 0; r < rows; r++) {
        const first = (from + r) * factors
        this.#people.view.set(people.subarray(first, first + factors), r * this.#people.stride)
      }
      const left = this.#algebra.packLeft(blockOf(this.#people, 0, 0, rows, factors))
      this.#algebra.multiplyPacked(this.#scores, left, this.#vectors)
      for (let r = 0; r < rows; r++) {
        const first = r * this.#scores.stride
        scores.set(this.#scores.view.subarray(first, first + items), (from + r) * items)
      }
    }
  }
}

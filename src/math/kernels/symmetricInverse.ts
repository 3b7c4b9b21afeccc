import { DEPTH, DenseAlgebra, type Panels } from './denseAlgebra.ts'
import {
  blockOf,
  type DenseMatrix,
  type MatrixView,
  matrixBytes,
  transposeOf,
} from './denseMatrix.ts'
import type { KernelMemory } from './kernelMemory.ts'
import { TriangleInverse } from './triangleInverse.ts'

const LOWER = { alpha: -1, beta: 1, shape: 'lower' } as const

/** A factor of which some lanes lie before the pivot block, and some after it. */
interface Parts {
  readonly above: Panels
  readonly below: Panels
}

/** Bytes of kernel memory that inverting a matrix of `n` rows takes, the matrix included. */
export function inverseBytes(n: number): number {
  return matrixBytes(n, n) + DenseAlgebra.bytes(n) + SymmetricInverse.bytes()
}

/**
 * Inverts symmetric positive definite matrices in place, reading the lower triangle and writing both.
 *
 * By the symmetric sweep (Beaton 1964; Goodnight, A Tutorial on the SWEEP Operator, 1979) in blocks of 480: for
 * each pivot block K = L·Lᵀ with T = L⁻¹, Z = A_·K Tᵀ, A_ij −= Z_i Z_jᵀ for all i ≥ j outside K, then
 * A_iK ← Z_i T and A_KK ← −TᵀT; after all blocks A holds the negative inverse. The same n³ operations as a
 * Cholesky factorisation and the inverse from it, but nearly all of them in products of one shape, over one
 * triangle.
 */
export class SymmetricInverse {
  readonly #algebra: DenseAlgebra
  readonly #triangles: TriangleInverse
  readonly #panels: number

  /** Bytes that `new SymmetricInverse` takes from the memory. */
  static bytes(): number {
    return TriangleInverse.bytes() + 4 * DEPTH * (DEPTH + 24)
  }

  /** @throws MATH_OUT_OF_MEMORY */
  constructor(memory: KernelMemory, algebra: DenseAlgebra) {
    this.#algebra = algebra
    this.#triangles = new TriangleInverse(memory, algebra)
    this.#panels = memory.f32(DEPTH * (DEPTH + 24)).at
  }

  /**
   * Cost: n³ operations (n = 10,240: about 24 s on one core of 3.7 GHz).
   * @throws MATH_NOT_POSITIVE_DEFINITE when it is not, or holds a number that is not finite
   */
  invert(matrix: DenseMatrix): void {
    for (let from = 0; from < matrix.rows; from += DEPTH) {
      const size = Math.min(DEPTH, matrix.rows - from)
      const triangle = this.#triangles.of(matrix, from, size)
      this.#sweep(matrix, from, triangle)
      const turned = transposeOf(triangle)
      this.#algebra.multiply(blockOf(matrix, from, from, size, size), turned, triangle, {
        alpha: -1,
        shape: 'rightLower',
      })
    }
    this.#algebra.mirror(matrix, -1)
  }

  /** Everything outside the pivot block at `from`, whose inverse factor is `triangle`. */
  #sweep(matrix: DenseMatrix, from: number, triangle: MatrixView): void {
    const algebra = this.#algebra
    const size = triangle.rows
    const after = from + size
    const below = blockOf(matrix, after, from, matrix.rows - after, size)
    const above = blockOf(matrix, from, 0, size, from)
    const turned = transposeOf(triangle)
    const place = this.#panels
    algebra.multiplyPacked(below, algebra.packLeft(below), algebra.packRight(turned, place), {
      shape: 'rightUpper',
    })
    algebra.multiplyPacked(above, algebra.packLeft(triangle, place), algebra.packRight(above), {
      shape: 'leftLower',
    })
    const left = {
      above: algebra.packLeft(transposeOf(above)),
      below: algebra.packLeft(below, undefined, after),
    }
    const right = {
      above: algebra.packRight(above),
      below: algebra.packRight(transposeOf(below), undefined, after),
    }
    this.#subtract(matrix, after, left, right)
    algebra.multiplyPacked(below, left.below, algebra.packRight(triangle, place), {
      shape: 'rightLower',
    })
    algebra.multiplyPacked(above, algebra.packLeft(turned, place), right.above, {
      shape: 'leftUpper',
    })
  }

  /** A −= left · right in the lower triangle outside the pivot block, which ends before `after`. */
  #subtract(matrix: DenseMatrix, after: number, left: Parts, right: Parts): void {
    const from = (row: number, column: number) =>
      blockOf(matrix, row, column, matrix.rows - row, matrix.rows - column)
    this.#algebra.multiplyPacked(matrix, left.above, right.above, LOWER)
    this.#algebra.multiplyPacked(from(after, 0), left.below, right.above, { alpha: -1, beta: 1 })
    this.#algebra.multiplyPacked(from(after, after), left.below, right.below, LOWER)
  }
}

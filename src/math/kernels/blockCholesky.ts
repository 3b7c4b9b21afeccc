import { DEPTH, DenseAlgebra } from './denseAlgebra.ts'
import {
  blockOf,
  type DenseMatrix,
  type MatrixView,
  matrixBytes,
  transposeOf,
} from './denseMatrix.ts'
import type { KernelMemory } from './kernelMemory.ts'
import { TriangleInverse } from './triangleInverse.ts'

/** Bytes of kernel memory for solving `n` equations with `sides` right sides, the matrix and the sides included. */
export function solveBytes(n: number, sides: number): number {
  const lanes = DenseAlgebra.bytes(Math.max(n, sides))
  return matrixBytes(n, n) + matrixBytes(n, sides) + lanes + BlockCholesky.bytes()
}

/**
 * Solves A·X = B for a symmetric positive definite A and many right sides, both in place, by a Cholesky
 * factorisation A = L·Lᵀ in blocks of 480. The blocks on the diagonal of L are kept as their inverses, so that
 * all the work is in products.
 */
export class BlockCholesky {
  readonly #algebra: DenseAlgebra
  readonly #triangles: TriangleInverse
  readonly #panels: number

  /** Bytes that `new BlockCholesky` takes from the memory. */
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
   * Reads the lower triangle of `a`; leaves L there, with inverse blocks on the diagonal. Cost: n³/3 operations.
   * @throws MATH_NOT_POSITIVE_DEFINITE when it is not, or holds a number that is not finite
   */
  factor(a: DenseMatrix): void {
    const algebra = this.#algebra
    for (let from = 0; from < a.rows; from += DEPTH) {
      const size = Math.min(DEPTH, a.rows - from)
      const after = from + size
      const rest = a.rows - after
      const triangle = this.#triangles.of(a, from, size)
      copyInto(a, from, triangle)
      const below = blockOf(a, after, from, rest, size)
      const turned = algebra.packRight(transposeOf(triangle), this.#panels)
      algebra.multiplyPacked(below, algebra.packLeft(below), turned, { shape: 'rightUpper' })
      const left = algebra.packLeft(below)
      const right = algebra.packRight(transposeOf(below))
      const square = blockOf(a, after, after, rest, rest)
      algebra.multiplyPacked(square, left, right, { alpha: -1, beta: 1, shape: 'lower' })
    }
  }

  /** Replaces the right sides by the solution. `a` is factored. Cost: 2 · n² · sides operations. */
  solve(a: MatrixView, sides: MatrixView): void {
    for (let from = 0; from < a.rows; from += DEPTH) this.#eliminate(a, sides, from)
    const last = Math.floor((a.rows - 1) / DEPTH) * DEPTH
    for (let from = last; from >= 0; from -= DEPTH) this.#substitute(a, sides, from)
  }

  /** Solves for the block of unknowns at `from` and takes it out of the equations below. */
  #eliminate(a: MatrixView, sides: MatrixView, from: number): void {
    const algebra = this.#algebra
    const size = Math.min(DEPTH, a.rows - from)
    const after = from + size
    const rest = a.rows - after
    const own = blockOf(sides, from, 0, size, sides.columns)
    const others = blockOf(sides, after, 0, rest, sides.columns)
    algebra.multiply(own, blockOf(a, from, from, size, size), own, { shape: 'leftLower' })
    const left = algebra.packLeft(blockOf(a, after, from, rest, size))
    algebra.multiplyPacked(others, left, algebra.packRight(own), { alpha: -1, beta: 1 })
  }

  /** The same upwards, with the transpose. */
  #substitute(a: MatrixView, sides: MatrixView, from: number): void {
    const algebra = this.#algebra
    const size = Math.min(DEPTH, a.rows - from)
    const own = blockOf(sides, from, 0, size, sides.columns)
    const others = blockOf(sides, 0, 0, from, sides.columns)
    algebra.multiply(own, transposeOf(blockOf(a, from, from, size, size)), own, {
      shape: 'leftUpper',
    })
    const left = algebra.packLeft(transposeOf(blockOf(a, from, 0, size, from)))
    algebra.multiplyPacked(others, left, algebra.packRight(own), { alpha: -1, beta: 1 })
  }
}

/** Replaces the block of `a` on the diagonal at `from`. */
function copyInto(a: DenseMatrix, from: number, block: DenseMatrix): void {
  for (let r = 0; r < block.rows; r++) {
    const source = r * block.stride
    const row = block.view.subarray(source, source + block.columns)
    a.view.set(row, (from + r) * a.stride + from)
  }
}

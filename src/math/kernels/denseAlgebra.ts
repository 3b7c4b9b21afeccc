import type { MatrixView } from './denseMatrix.ts'
import type { KernelMemory } from './kernelMemory.ts'
import { KernelTeam } from './kernelTeam.ts'

/**
 * Products of which one kernel call adds up at most this many: 8 columns of them are 15 KiB and stay in the
 * first-level cache. A multiple of 24, so that blocks of this size start at whole panels on both sides.
 */
export const DEPTH = 480
const LEFT = 6
const RIGHT = 8

/** A factor of a product as the kernel reads it: its lanes (rows of a left, columns of a right factor) in panels. */
export interface Panels {
  readonly at: number
  readonly lanes: number
  readonly depth: number
}

/** How a product is added to what is there: C = alpha · A·B + beta · C. */
export interface ProductOptions {
  /** Default 1. */
  readonly alpha?: number
  /** Default 0: what was there is not read. */
  readonly beta?: number
  /** Default `full`. */
  readonly shape?: keyof typeof SHAPES
}

/**
 * What of a product is computed: `lower`, only the lower triangle (above it, some numbers near the diagonal are
 * written); the others: that factor is square and triangular (and of at
 * most 480 rows), its zeros are left out.
 */
const SHAPES = { full: 0, lower: 1, leftLower: 2, leftUpper: 3, rightLower: 4, rightUpper: 5 }

/**
 * Products of dense matrices in one kernel memory, in single precision, by a packed and register-blocked kernel
 * (Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication, 2008).
 * Cost: 2 · rows · columns · depth operations, at about 45 GFLOP/s a thread on a core of 3.7 GHz.
 */
export class DenseAlgebra {
  readonly #team: KernelTeam
  readonly #next: Int32Array
  readonly #nextAt: number
  readonly #left: number
  readonly #right: number
  readonly #lanes: number

  /** Bytes that `new DenseAlgebra(memory, lanes)` takes from the memory. */
  static bytes(lanes: number): number {
    return 2 * 4 * DEPTH * (lanes + 24) + 4
  }

  /**
   * @param lanes the most rows of a left factor, or columns of a right one, that will be asked for
   * @param threads at least 1, the calling one included
   * @throws MATH_OUT_OF_MEMORY, MATH_KERNEL_MISSING
   */
  constructor(memory: KernelMemory, lanes: number, threads = 1) {
    this.#team = new KernelTeam('gemm', memory, threads)
    this.#lanes = lanes
    const next = memory.i32(1)
    this.#next = next.view
    this.#nextAt = next.at
    this.#left = memory.f32(DEPTH * (lanes + 24)).at
    this.#right = memory.f32(DEPTH * (lanes + 24)).at
  }

  /**
   * Lays the rows of `a` out as a left factor, in the space for left factors unless `to` is given, from lane
   * `lane` on (a multiple of 24).
   */
  packLeft(a: MatrixView, to = this.#left, lane = 0): Panels {
    return this.#pack(a.at, a.rowStep, a.columnStep, a.rows, a.columns, LEFT, to, lane)
  }

  /** The same for the columns of `b` as a right factor. */
  packRight(b: MatrixView, to = this.#right, lane = 0): Panels {
    return this.#pack(b.at, b.columnStep, b.rowStep, b.columns, b.rows, RIGHT, to, lane)
  }

  #pack(
    at: number,
    laneStep: number,
    depthStep: number,
    lanes: number,
    depth: number,
    width: number,
    to: number,
    lane: number,
  ): Panels {
    const target = to + 4 * lane * depth
    this.#run('pack', at, laneStep, depthStep, lanes, depth, width, target)
    return { at: target, lanes, depth }
  }

  /**
   * The product of two packed factors of the same depth. The columns of `c` lie side by side, and rows have
   * room up to the next multiple of 8 columns, where anything may be written.
   */
  multiplyPacked(c: MatrixView, left: Panels, right: Panels, options: ProductOptions = {}): void {
    if (left.lanes === 0 || right.lanes === 0) return
    const { alpha = 1, beta = 0, shape = 'full' } = options
    const { at, rowStep } = c
    const sizes = [left.lanes, right.lanes, alpha, beta, SHAPES[shape]]
    this.#run('multiply', left.at, right.at, left.depth, at, rowStep, ...sizes)
  }

  /** C = alpha · A·B + beta · C. A sum over nothing is 0. */
  multiply(c: MatrixView, a: MatrixView, b: MatrixView, options: ProductOptions = {}): void {
    this.#check(c, a, b)
    const depth = a.columns
    for (let k = 0; k === 0 || k < depth; k += DEPTH) {
      const size = Math.min(DEPTH, depth - k)
      const left = this.packLeft({ ...a, at: a.at + k * a.columnStep, columns: size })
      const right = this.packRight({ ...b, at: b.at + k * b.rowStep, rows: size })
      this.multiplyPacked(c, left, right, k === 0 ? options : { ...options, beta: 1 })
    }
  }

  /** Fills the upper triangle of a square matrix from the lower one, both times `scale`. */
  mirror(matrix: MatrixView, scale = 1): void {
    this.#run('mirror', matrix.at, matrix.rowStep, matrix.rows, scale)
  }

  /** Ends the threads. The memory stays. */
  close(): Promise<void> {
    return this.#team.close()
  }

  #run(name: string, ...values: readonly number[]): void {
    this.#next[0] = 0
    this.#team.run(name, this.#nextAt, ...values)
  }

  #check(c: MatrixView, a: MatrixView, b: MatrixView): void {
    const fits = c.rows === a.rows && c.columns === b.columns && a.columns === b.rows
    if (!fits || Math.max(c.rows, c.columns) > this.#lanes || c.columnStep !== 4) {
      throw new RangeError('shapes that do not fit each other or the space for panels')
    }
  }
}

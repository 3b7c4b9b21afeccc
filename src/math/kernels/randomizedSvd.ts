import { type Random, randomNormal } from '../../base/index.ts'
import { type CsrMatrix, transposed } from '../csrMatrix.ts'
import { DenseAlgebra } from './denseAlgebra.ts'
import {
  blockOf,
  type DenseMatrix,
  denseMatrix,
  type MatrixView,
  matrixBytes,
  transposeOf,
} from './denseMatrix.ts'
import { KernelMemory } from './kernelMemory.ts'
import { type PlacedMatrix, placeSparse, SparseAlgebra, sparseBytes } from './sparseAlgebra.ts'
import { symmetricEigen } from './symmetricEigen.ts'

/** Directions beyond the wanted ones; they carry what the last wanted ones would otherwise share with the rest. */
const OVERSAMPLE = 16
/** Rows of a tall matrix that are packed at once. */
const TALL_BLOCK = 2_880

export interface SvdOptions {
  /** Singular vectors wanted. */
  readonly rank: number
  /** Passes of NᵀN over the random start, at least 1; each multiplies the error by the square of a ratio of values. */
  readonly passes: number
  readonly random: Random
  /** Default 1. */
  readonly threads?: number
  readonly progress?: (done: number) => void
}

/** The leading right singular vectors of a matrix. */
export interface RightVectors {
  /** At most what was asked for, and at most the number of columns. */
  readonly rank: number
  /** Singular values, falling; length rank. */
  readonly values: Float64Array
  /** columns × rank, row by row. A direction that the matrix does not have is a column of zeros. */
  readonly vectors: Float32Array
}

/** Bytes of kernel memory that `rightVectors` takes. */
export function svdBytes(matrix: CsrMatrix, rank: number): number {
  const { rows, columns, index } = matrix
  const width = widthFor(columns, rank)
  const tall = matrixBytes(rows, width) + 2 * matrixBytes(columns, width)
  const sparse = sparseBytes(rows, index.length, true) + sparseBytes(columns, index.length, true)
  const lanes = DenseAlgebra.bytes(Math.max(width, TALL_BLOCK))
  return tall + sparse + 4 * (rows + columns + 2) + 2 * matrixBytes(width, width) + lanes
}

function widthFor(columns: number, rank: number): number {
  return Math.min(columns, rank + OVERSAMPLE)
}

/**
 * Leading right singular vectors of N = diag(rowScale) · R · diag(columnScale), where all entries of R count as
 * 1, by a randomised range finder with power passes (Halko, Martinsson and Tropp, Finding Structure with
 * Randomness, 2011, algorithms 4.4 and 5.1 on NᵀN).
 * Cost: 2 · entries · rank multiplications a pass, and 2 · columns · rank² for making it orthogonal again.
 * @throws MATH_OUT_OF_MEMORY
 */
export async function rightVectors(
  matrix: CsrMatrix,
  rowScale: Float32Array,
  columnScale: Float32Array,
  options: SvdOptions,
): Promise<RightVectors> {
  const memory = new KernelMemory(svdBytes(matrix, options.rank))
  const finder = new RangeFinder(memory, matrix, rowScale, columnScale, options)
  try {
    for (let pass = 0; pass < options.passes; pass++) {
      finder.pass()
      options.progress?.((pass + 1) / (options.passes + 1))
    }
    return finder.finish(Math.min(options.rank, matrix.columns))
  } finally {
    await finder.close()
  }
}

/** An orthonormal basis, columns × width, that passes of NᵀN turn towards the leading right vectors. */
class RangeFinder {
  readonly #sparse: SparseAlgebra
  readonly #algebra: DenseAlgebra
  readonly #rows: PlacedMatrix
  readonly #turned: PlacedMatrix
  /** Address of rowScale², and columnScale with its address. */
  readonly #rowScale: number
  readonly #columnScale: { readonly at: number; readonly view: Float32Array }
  readonly #image: DenseMatrix
  readonly #small: DenseMatrix
  readonly #turn: DenseMatrix
  #basis: DenseMatrix
  #spare: DenseMatrix

  constructor(
    memory: KernelMemory,
    matrix: CsrMatrix,
    rowScale: Float32Array,
    columnScale: Float32Array,
    { rank, random, threads = 1 }: SvdOptions,
  ) {
    const width = widthFor(matrix.columns, rank)
    this.#sparse = new SparseAlgebra(memory, threads)
    this.#algebra = new DenseAlgebra(memory, Math.max(width, TALL_BLOCK), threads)
    this.#rows = placeSparse(memory, matrix, true)
    this.#turned = placeSparse(memory, transposed(matrix), true)
    const squares = memory.f32(matrix.rows)
    squares.view.set(rowScale.map((scale) => scale * scale))
    this.#rowScale = squares.at
    this.#columnScale = memory.f32(matrix.columns)
    this.#columnScale.view.set(columnScale)
    this.#image = denseMatrix(memory, matrix.rows, width)
    this.#basis = denseMatrix(memory, matrix.columns, width)
    this.#spare = denseMatrix(memory, matrix.columns, width)
    this.#small = denseMatrix(memory, width, width)
    this.#turn = denseMatrix(memory, width, width)
    // As many random directions as columns may lie so near to a plane that one is lost to rounding.
    if (width === matrix.columns) fill(this.#basis, (r, c) => (r === c ? 1 : 0))
    else fill(this.#basis, () => randomNormal(random))
  }

  /** basis ← an orthonormal basis of NᵀN · basis. */
  pass(): void {
    this.#multiply()
    this.#orthogonalise()
    // Once leaves errors of the size of the condition times the rounding, twice leaves the rounding.
    this.#orthogonalise()
  }

  /** spare = NᵀN · basis, then the two change places; what was the basis is scaled. */
  #multiply(): void {
    scaleRows(this.#basis, this.#columnScale.view)
    this.#sparse.timesDense(this.#image, this.#rows, this.#basis, this.#rowScale)
    this.#sparse.timesDense(this.#spare, this.#turned, this.#image, this.#columnScale.at)
    ;[this.#basis, this.#spare] = [this.#spare, this.#basis]
  }

  /** basis ← basis · L⁻ᵀ, where L·Lᵀ = basisᵀ · basis. */
  #orthogonalise(): void {
    const small = this.#small
    this.#algebra.multiply(small, transposeOf(this.#basis), this.#basis, { shape: 'lower' })
    inverseFactor(small, this.#turn)
    this.#apply(transposeOf(this.#turn))
  }

  /** basis ← basis · turn. */
  #apply(turn: MatrixView): void {
    const { rows, columns } = this.#basis
    for (let from = 0; from < rows; from += TALL_BLOCK) {
      const count = Math.min(TALL_BLOCK, rows - from)
      const block = blockOf(this.#basis, from, 0, count, columns)
      this.#algebra.multiply(blockOf(this.#spare, from, 0, count, columns), block, turn)
    }
    ;[this.#basis, this.#spare] = [this.#spare, this.#basis]
  }

  /** The leading vectors within the basis: eigenvectors of basisᵀ · NᵀN · basis. */
  finish(rank: number): RightVectors {
    const width = this.#basis.columns
    const before = this.#basis.view.slice()
    this.#multiply()
    this.#spare.view.set(before)
    this.#algebra.multiply(this.#small, transposeOf(this.#spare), this.#basis)
    const { values, vectors } = symmetricEigen(symmetricOf(this.#small), width)
    this.#basis.view.set(before)
    fill(this.#turn, (r, c) => vectors[c * width + r] as number)
    this.#apply(this.#turn)
    return {
      rank,
      values: values.slice(0, rank).map((value) => Math.sqrt(Math.max(0, value))),
      vectors: firstColumns(this.#basis, rank),
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#sparse.close(), this.#algebra.close()])
  }
}

function scaleRows({ view, stride, rows, columns }: DenseMatrix, scale: Float32Array): void {
  for (let r = 0; r < rows; r++) {
    const by = scale[r] as number
    for (let at = r * stride; at < r * stride + columns; at++) view[at] = (view[at] as number) * by
  }
}

function fill(
  { view, stride, rows, columns }: DenseMatrix,
  value: (row: number, column: number) => number,
): void {
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) view[r * stride + c] = value(r, c)
  }
}

/** The mean of a matrix and its transpose, in double precision. */
function symmetricOf({ view, stride, rows }: DenseMatrix): Float64Array {
  return Float64Array.from({ length: rows * rows }, (_, at) => {
    const r = Math.floor(at / rows)
    const c = at % rows
    return ((view[r * stride + c] as number) + (view[c * stride + r] as number)) / 2
  })
}

function firstColumns({ view, stride, rows }: DenseMatrix, columns: number): Float32Array {
  const out = new Float32Array(rows * columns)
  for (let r = 0; r < rows; r++) {
    out.set(view.subarray(r * stride, r * stride + columns), r * columns)
  }
  return out
}

/** Below this share of its square length a column lies in the span of those before it. */
const DEPENDENT = 1e-5

/**
 * `out` = L⁻¹ for the Gram matrix L·Lᵀ whose lower triangle is given. A column that depends on those before it
 * gets a row of zeros: its direction is dropped.
 */
function inverseFactor(gram: DenseMatrix, out: DenseMatrix): void {
  const n = gram.rows
  const l = new Float64Array(n * n)
  const inverse = new Float64Array(n * n)
  for (let r = 0; r < n; r++) {
    const length = gram.view[r * (gram.stride + 1)] as number
    let left = length
    for (let c = 0; c < r; c++) {
      let sum = gram.view[r * gram.stride + c] as number
      for (let k = 0; k < c; k++) sum -= (l[r * n + k] as number) * (l[c * n + k] as number)
      const pivot = l[c * n + c] as number
      const value = pivot === 0 ? 0 : sum / pivot
      l[r * n + c] = value
      left -= value * value
    }
    if (!(left > DEPENDENT * length)) continue
    const root = Math.sqrt(left)
    l[r * n + r] = root
    invertRow(l, inverse, n, r)
  }
  fill(out, (r, c) => inverse[r * n + c] as number)
}

/** Row r of L⁻¹ from the rows before it. */
function invertRow(l: Float64Array, inverse: Float64Array, n: number, r: number): void {
  const scale = 1 / (l[r * n + r] as number)
  for (let k = 0; k < r; k++) {
    const by = -scale * (l[r * n + k] as number)
    if (by === 0) continue
    for (let c = 0; c <= k; c++) {
      inverse[r * n + c] = (inverse[r * n + c] as number) + by * (inverse[k * n + c] as number)
    }
  }
  inverse[r * n + r] = scale
}

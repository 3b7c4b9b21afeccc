import { readFileSync } from 'node:fs'
import {
  DenseAlgebra,
  type DenseMatrix,
  denseMatrix,
  inverseBytes,
  KernelMemory,
  matrixBytes,
  SymmetricInverse,
  transposeOf,
} from '../../src/math/index.ts'
import { type Reply, serve, timed } from './side.ts'

interface Held {
  readonly algebra: DenseAlgebra
  readonly inverse: SymmetricInverse
  readonly factors: DenseMatrix
  readonly matrix: DenseMatrix
}

let held: Held | undefined

function load(path: string, items: number, width: number): Held {
  const memory = new KernelMemory(inverseBytes(items) + matrixBytes(items, width))
  const algebra = new DenseAlgebra(memory, items)
  const inverse = new SymmetricInverse(memory, algebra)
  const factors = denseMatrix(memory, items, width)
  const numbers = new Float32Array(readFileSync(path).buffer)
  for (let i = 0; i < items; i++) {
    factors.view.set(numbers.subarray(i * width, (i + 1) * width), i * factors.stride)
  }
  return { algebra, inverse, factors, matrix: denseMatrix(memory, items, items) }
}

/** X·Xᵀ in the lower triangle. */
function fill({ algebra, factors, matrix }: Held): void {
  algebra.multiply(matrix, factors, transposeOf(factors), { shape: 'lower' })
  const ridge = 2 * meanSquare(factors)
  for (let i = 0; i < matrix.rows; i++) {
    const at = i * (matrix.stride + 1)
    matrix.view[at] = (matrix.view[at] ?? 0) + ridge
  }
}

/** Mean squared length of the rows: the mean diagonal of X·Xᵀ. */
function meanSquare({ view, stride, rows, columns }: DenseMatrix): number {
  let sum = 0
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) sum += (view[r * stride + c] ?? 0) ** 2
  }
  return sum / rows
}

async function invert({ path, items, factors }: Reply): Promise<Reply> {
  const given = (held ??= load(String(path), Number(items), Number(factors)))
  fill(given)
  return timed(() => given.inverse.invert(given.matrix))
}

/** (X·Xᵀ + ridge)·P − I for some rows of the product, through X. */
function error({ rows }: Reply): Reply {
  if (held === undefined) throw new Error('nothing was inverted')
  const { factors, matrix } = held
  const ridge = 2 * meanSquare(factors)
  const n = matrix.rows
  let worst = 0
  for (let k = 0; k < Number(rows); k++) {
    const row = Math.floor(((k + 0.5) * n) / Number(rows))
    const mine = factors.view.subarray(row * factors.stride, row * factors.stride + factors.columns)
    const sums = new Float64Array(n)
    for (let i = 0; i < n; i++) {
      const other = factors.view.subarray(i * factors.stride)
      let a = i === row ? ridge : 0
      for (let f = 0; f < mine.length; f++) a += (mine[f] ?? 0) * (other[f] ?? 0)
      for (let j = 0; j < n; j++)
        sums[j] = (sums[j] ?? 0) + a * (matrix.view[i * matrix.stride + j] ?? 0)
    }
    sums.forEach((sum, j) => (worst = Math.max(worst, Math.abs(sum - (j === row ? 1 : 0)))))
  }
  return { error: worst }
}

await serve({ invert, error })

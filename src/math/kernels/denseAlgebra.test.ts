import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '../../base/index.ts'
import { BlockCholesky, solveBytes } from './blockCholesky.ts'
import { DenseAlgebra } from './denseAlgebra.ts'
import { blockOf, type DenseMatrix, denseMatrix, matrixBytes, transposeOf } from './denseMatrix.ts'
import { KernelMemory } from './kernelMemory.ts'
import { inverseBytes, SymmetricInverse } from './symmetricInverse.ts'

type Plain = (r: number, c: number) => number

function fill(matrix: DenseMatrix, value: Plain): void {
  for (let r = 0; r < matrix.rows; r++) {
    for (let c = 0; c < matrix.columns; c++) matrix.view[r * matrix.stride + c] = value(r, c)
  }
}

function read(matrix: DenseMatrix): Plain {
  const { view, stride } = matrix
  return (r, c) => view[r * stride + c] as number
}

function noise(seed: number, rows: number, columns: number): Plain {
  const random = seededRandom(seed)
  const numbers = Float32Array.from({ length: rows * columns }, () => 2 * random.next() - 1)
  return (r, c) => numbers[r * columns + c] as number
}

/** Largest difference from the product of two plain matrices. */
function distance(c: DenseMatrix, expected: Plain, lower = false): number {
  const found = read(c)
  let worst = 0
  for (let r = 0; r < c.rows; r++) {
    for (let k = 0; k < (lower ? r + 1 : c.columns); k++) {
      const difference = Math.abs(found(r, k) - expected(r, k))
      if (Number.isNaN(difference)) return difference
      worst = Math.max(worst, difference)
    }
  }
  return worst
}

function product(a: Plain, b: Plain, depth: number): Plain {
  return (r, c) => {
    let sum = 0
    for (let k = 0; k < depth; k++) sum += a(r, k) * b(k, c)
    return sum
  }
}

/** X·Xᵀ / depth + the identity. */
function positive(seed: number, n: number): Plain {
  const depth = Math.min(n, 24)
  const x = noise(seed, n, depth)
  const gram = product(x, (k, c) => x(c, k), depth)
  const values = Float32Array.from(
    { length: n * n },
    (_, at) => gram(Math.floor(at / n), at % n) / depth + (Math.floor(at / n) === at % n ? 1 : 0),
  )
  return (r, c) => values[r * n + c] as number
}

const size = fc.oneof(fc.integer({ min: 1, max: 30 }), fc.constantFrom(48, 97, 241))
const sizes = fc.record({ rows: size, columns: size, depth: fc.oneof(size, fc.constant(481)) })
const seeds = fc.integer({ min: 1, max: 1e6 })

test('products equal those of the plain loop, whatever the shape, transposed or not', () => {
  fc.assert(
    fc.property(sizes, seeds, fc.boolean(), ({ rows, columns, depth }, seed, turned) => {
      const lanes = Math.max(rows, columns)
      const shapes = [
        [rows, depth],
        [depth, rows],
        [depth, columns],
        [columns, depth],
        [rows, columns],
      ] as const
      const bytes = shapes.reduce((sum, [r, c]) => sum + matrixBytes(r, c), 0)
      const memory = new KernelMemory(bytes + DenseAlgebra.bytes(lanes))
      const algebra = new DenseAlgebra(memory, lanes)
      const a = noise(seed, rows, depth)
      const b = noise(seed + 1, depth, columns)
      const left = denseMatrix(memory, ...shapes[turned ? 1 : 0])
      const right = denseMatrix(memory, ...shapes[turned ? 3 : 2])
      fill(left, turned ? (r, c) => a(c, r) : a)
      fill(right, turned ? (r, c) => b(c, r) : b)
      const c = denseMatrix(memory, rows, columns)
      c.view.fill(Number.NaN)
      const factors = turned
        ? ([transposeOf(left), transposeOf(right)] as const)
        : ([left, right] as const)
      algebra.multiply(c, ...factors)
      const expected = product(a, b, depth)
      expect(distance(c, expected)).toBeLessThan(1e-4)
      algebra.multiply(c, ...factors, { alpha: -3, beta: 2 })
      expect(distance(c, (r, k) => -expected(r, k))).toBeLessThan(5e-4)
    }),
    { numRuns: 60 },
  )
})

test.each([1, 2])('%s threads multiply without missing a row', async (threads) => {
  const n = 1_003
  const memory = new KernelMemory(3 * matrixBytes(n, n) + DenseAlgebra.bytes(n))
  const algebra = new DenseAlgebra(memory, n, threads)
  const a = denseMatrix(memory, n, 5)
  const c = denseMatrix(memory, n, n)
  fill(a, (r, k) => ((r + k) % 7) - 3)
  c.view.fill(Number.NaN)
  algebra.multiply(c, a, transposeOf(a), { shape: 'lower' })
  const values = read(a)
  expect(
    distance(
      c,
      product(values, (k, r) => values(r, k), 5),
      true,
    ),
  ).toBe(0)
  algebra.mirror(c, 2)
  expect(read(c)(3, 900)).toBe(read(c)(900, 3))
  await algebra.close()
})

test('a block is written without touching what lies around it', () => {
  const memory = new KernelMemory(2 * matrixBytes(100, 100) + DenseAlgebra.bytes(100))
  const algebra = new DenseAlgebra(memory, 100)
  const c = denseMatrix(memory, 100, 100)
  const a = denseMatrix(memory, 25, 32)
  c.view.fill(7)
  a.view.fill(1)
  algebra.multiply(blockOf(c, 10, 8, 25, 32), a, blockOf(c, 40, 0, 32, 32))
  const inside = (r: number, k: number) => r >= 10 && r < 35 && k >= 8 && k < 40
  expect(distance(c, (r, k) => (inside(r, k) ? 7 * 32 : 7))).toBe(0)
})

test('shapes that do not fit are refused', () => {
  const memory = new KernelMemory(2 * matrixBytes(20, 20) + DenseAlgebra.bytes(10))
  const algebra = new DenseAlgebra(memory, 10)
  const a = denseMatrix(memory, 20, 20)
  expect(() => algebra.multiply(a, a, a)).toThrow(/shapes/)
  const small = blockOf(a, 0, 0, 4, 5)
  expect(() => algebra.multiply(small, small, small)).toThrow(/shapes/)
})

const order = fc.oneof(fc.integer({ min: 1, max: 60 }), fc.constantFrom(96, 97, 200, 500))

test('a matrix times its inverse is the identity, and the inverse is symmetric', () => {
  fc.assert(
    fc.property(order, seeds, (n, seed) => {
      const memory = new KernelMemory(inverseBytes(n))
      const algebra = new DenseAlgebra(memory, n)
      const inverse = new SymmetricInverse(memory, algebra)
      const matrix = denseMatrix(memory, n, n)
      const a = positive(seed, n)
      fill(matrix, (r, c) => (c > r ? Number.NaN : a(r, c)))
      inverse.invert(matrix)
      const found = read(matrix)
      const some = Math.min(n, 40)
      const rows = { ...matrix, rows: some }
      expect(distance(rows, (r, c) => found(c, r))).toBe(0)
      const identity = product(found, a, n)
      for (let r = 0; r < n; r += 7) {
        for (let c = 0; c < some; c++) expect(identity(r, c)).toBeCloseTo(r === c ? 1 : 0, 4)
      }
    }),
    { numRuns: 25 },
  )
})

test('equations are solved for all right sides, over several blocks', () => {
  fc.assert(
    fc.property(
      fc.oneof(order, fc.constant(970)),
      fc.integer({ min: 1, max: 20 }),
      seeds,
      (n, sides, seed) => {
        const memory = new KernelMemory(solveBytes(n, sides))
        const algebra = new DenseAlgebra(memory, Math.max(n, sides))
        const cholesky = new BlockCholesky(memory, algebra)
        const matrix = denseMatrix(memory, n, n)
        const right = denseMatrix(memory, n, sides)
        const a = positive(seed, n)
        const solution = noise(seed + 1, n, sides)
        const b = product(a, solution, n)
        fill(matrix, (r, c) => (c > r ? Number.NaN : a(r, c)))
        fill(right, b)
        cholesky.factor(matrix)
        cholesky.solve(matrix, right)
        expect(distance(right, solution)).toBeLessThan(1e-4)
      },
    ),
    { numRuns: 6 },
  )
})

test.each([
  ['a number that is not finite', Number.NaN],
  ['an infinite number', Number.POSITIVE_INFINITY],
  ['a negative eigenvalue', -1],
])('%s on or off the diagonal is refused', (_, wrong) => {
  const n = 600
  const memory = new KernelMemory(inverseBytes(n) + 2 ** 25)
  const algebra = new DenseAlgebra(memory, n)
  const matrix = denseMatrix(memory, n, n)
  for (const [row, column] of [
    [0, 0],
    [599, 599],
    [599, 3],
    [20, 10],
  ] as const) {
    const refused = { code: 'MATH_NOT_POSITIVE_DEFINITE' }
    const value = wrong < 0 && row !== column ? 2 : wrong
    fill(matrix, (r, c) => (r === row && c === column ? value : r === c ? 1 : 0))
    const twin = matrix.view.slice()
    const solver = new BlockCholesky(memory, algebra)
    expect(() => solver.factor(matrix)).toThrow(expect.objectContaining(refused))
    matrix.view.set(twin)
    const inverse = new SymmetricInverse(memory, algebra)
    expect(() => inverse.invert(matrix)).toThrow(expect.objectContaining(refused))
  }
})

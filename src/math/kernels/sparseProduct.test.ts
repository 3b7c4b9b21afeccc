import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CsrMatrix } from '../csrMatrix.ts'
import { plainSparseProduct } from './plainSparseProduct.ts'
import { sparseProduct } from './sparseProduct.ts'

function matrixOf(columns: number, rows: readonly (readonly (readonly [number, number])[])[]) {
  const start = new Uint32Array(rows.length + 1)
  const entries: (readonly [number, number])[] = []
  for (const [r, row] of rows.entries()) {
    entries.push(...[...new Map(row)].sort((a, b) => a[0] - b[0]))
    start[r + 1] = entries.length
  }
  const index = Int32Array.from(entries, ([column]) => column)
  const value = Float32Array.from(entries, ([, entry]) => entry)
  return { rows: rows.length, columns, start, index, value } satisfies CsrMatrix
}

const matrices = (rows: number, columns: number, values: fc.Arbitrary<number>) =>
  fc
    .array(fc.array(fc.tuple(fc.nat(columns - 1), values), { maxLength: 8 }), {
      minLength: rows,
      maxLength: rows,
    })
    .map((list) => matrixOf(columns, list))

const pairs = fc
  .tuple(
    fc.integer({ min: 1, max: 20 }),
    fc.integer({ min: 1, max: 20 }),
    fc.integer({ min: 1, max: 90 }),
    fc.constantFrom(fc.constant(1), fc.constantFrom(1, -1, 0.5, 2, -3)),
  )
  .chain(([rows, inner, columns, values]) =>
    fc.tuple(matrices(rows, inner, fc.constantFrom(1, 2, -1)), matrices(inner, columns, values)),
  )

test('a product agrees to the last bit with its plain twin, also where summands cancel', async () => {
  const settings = fc.record({
    keep: fc.integer({ min: 1, max: 40 }),
    leaveOutDiagonal: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(pairs, settings, async ([left, right], options) => {
      // There is no diagonal to leave out behind the last column.
      const square = left.rows <= right.columns
      const chosen = { ...options, leaveOutDiagonal: square && options.leaveOutDiagonal }
      expect(await sparseProduct(left, right, chosen)).toEqual(
        plainSparseProduct(left, right, chosen),
      )
    }),
    { numRuns: 150 },
  )
})

test('two threads make the product that one makes', async () => {
  const rows = Array.from({ length: 500 }, (_, r): [number, number][] =>
    Array.from({ length: 1 + (r % 13) }, (__, n) => [(r * 31 + n * n * 7) % 500, 1 + n]),
  )
  const matrix = matrixOf(500, rows)
  const options = { keep: 30, leaveOutDiagonal: true }
  const alone = await sparseProduct(matrix, matrix, options)
  expect(await sparseProduct(matrix, matrix, { ...options, threads: 2 })).toEqual(alone)
  expect(alone).toEqual(plainSparseProduct(matrix, matrix, options))
})

test('numbers that are not finite are refused', async () => {
  const broken = matrixOf(1, [[[0, Number.NaN]]])
  const options = { keep: 1, leaveOutDiagonal: false }
  await expect(sparseProduct(broken, broken, options)).rejects.toThrow(/matrix/)
})

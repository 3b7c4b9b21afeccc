import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '../../base/index.ts'
import type { CsrMatrix } from '../csrMatrix.ts'
import { rightVectors } from './randomizedSvd.ts'
import { symmetricEigen } from './symmetricEigen.ts'

function binary(
  rows: number,
  columns: number,
  filled: (r: number, c: number) => boolean,
): CsrMatrix {
  const lists = Array.from({ length: rows }, (_, r) =>
    Array.from({ length: columns }, (__, c) => c).filter((c) => filled(r, c)),
  )
  const start = new Uint32Array(rows + 1)
  lists.forEach((list, r) => (start[r + 1] = (start[r] ?? 0) + list.length))
  const index = Int32Array.from(lists.flat())
  return { rows, columns, start, index, value: new Float32Array(index.length).fill(1) }
}

/** NᵀN written out. */
function gramOf(
  matrix: CsrMatrix,
  rowScale: Float32Array,
  columnScale: Float32Array,
): Float64Array {
  const { rows, columns, start, index } = matrix
  const gram = new Float64Array(columns * columns)
  for (let r = 0; r < rows; r++) {
    const row = index.subarray(start[r], start[r + 1])
    for (const i of row) {
      for (const j of row) {
        const by = (rowScale[r] ?? 0) ** 2 * (columnScale[i] ?? 0) * (columnScale[j] ?? 0)
        gram[i * columns + j] = (gram[i * columns + j] ?? 0) + by
      }
    }
  }
  return gram
}

const shape = fc.record({
  rows: fc.integer({ min: 0, max: 40 }),
  columns: fc.integer({ min: 1, max: 40 }),
  rank: fc.integer({ min: 1, max: 20 }),
  seed: fc.integer({ min: 1, max: 1e6 }),
  density: fc.constantFrom(0, 0.05, 0.3, 1),
})

test('singular values are those of the whole decomposition, and vectors are orthonormal', async () => {
  await fc.assert(
    fc.asyncProperty(shape, async ({ rows, columns, rank, seed, density }) => {
      const random = seededRandom(seed)
      const matrix = binary(rows, columns, () => random.next() < density)
      const rowScale = Float32Array.from({ length: rows }, () => 0.5 + random.next())
      const columnScale = Float32Array.from({ length: columns }, () => 0.5 + random.next())
      const options = { rank, passes: 12, random }
      const found = await rightVectors(matrix, rowScale, columnScale, options)
      expect(found.rank).toBe(Math.min(rank, columns))
      const exact = symmetricEigen(gramOf(matrix, rowScale, columnScale), columns)
      const largest = Math.sqrt(Math.max(0, exact.values[0] ?? 0))
      for (let k = 0; k < found.rank; k++) {
        const expected = Math.sqrt(Math.max(0, exact.values[k] ?? 0))
        expect(Math.abs((found.values[k] ?? 0) - expected)).toBeLessThan(1e-6 + 0.02 * largest)
        if (expected < 0.1 * largest + 1e-9) continue
        for (let l = 0; l <= k; l++) {
          let product = 0
          for (let c = 0; c < columns; c++) {
            const at = c * found.rank
            product += (found.vectors[at + k] ?? 0) * (found.vectors[at + l] ?? 0)
          }
          expect(product).toBeCloseTo(k === l ? 1 : 0, 3)
        }
      }
    }),
    {
      numRuns: 40,
      // A direction that few rows have, once lost to an unlucky start.
      examples: [[{ rows: 12, columns: 3, rank: 3, seed: 527_097, density: 0.3 }]],
    },
  )
})

test('the blocks of a block matrix are its leading vectors', async () => {
  const matrix = binary(90, 600, (r, c) => r % 3 === Math.floor(c / 200))
  const [rowScale, columnScale] = [90, 600].map((n) => new Float32Array(n).fill(1))
  const options = { rank: 5, passes: 3, random: seededRandom(1) }
  const { values, vectors } = await rightVectors(
    matrix,
    rowScale ?? new Float32Array(0),
    columnScale ?? new Float32Array(0),
    options,
  )
  const size = Math.sqrt(30 * 200)
  expect([...values].map((value) => Math.round((100 * value) / size))).toEqual([
    100, 100, 100, 0, 0,
  ])
  // What is projected onto the vectors stays within its block.
  const project = (a: number, b: number) =>
    [0, 1, 2].reduce((sum, k) => sum + (vectors[a * 5 + k] ?? 0) * (vectors[b * 5 + k] ?? 0), 0)
  expect(project(7, 150)).toBeCloseTo(1 / 200, 5)
  expect(project(7, 250)).toBeCloseTo(0, 5)
})

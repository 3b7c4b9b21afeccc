import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CsrMatrix } from '../csrMatrix.ts'
import { denseMatrix, matrixBytes } from './denseMatrix.ts'
import { KernelMemory } from './kernelMemory.ts'
import { lagBytes, lagProducts } from './lagProducts.ts'
import { RowSums } from './rowSums.ts'
import { gramBytes, gramInto } from './sparseAlgebra.ts'

function csrOf(columns: number, lists: readonly (readonly number[])[]): CsrMatrix {
  const rows = lists.map((list) => [...new Set(list)].sort((a, b) => a - b))
  const start = new Uint32Array(rows.length + 1)
  rows.forEach((row, r) => (start[r + 1] = (start[r] ?? 0) + row.length))
  const index = Int32Array.from(rows.flat())
  return { rows: rows.length, columns, start, index, value: new Float32Array(index.length).fill(1) }
}

const lists = fc.integer({ min: 1, max: 70 }).chain((columns) =>
  fc.tuple(
    fc.constant(columns),
    fc.array(fc.array(fc.integer({ min: 0, max: columns - 1 }), { maxLength: 30 }), {
      maxLength: 25,
    }),
  ),
)

/** Largest difference between the kernel's Gram matrix and pairs counted one by one. */
async function gramError(columns: number, people: readonly (readonly number[])[], threads = 1) {
  const matrix = csrOf(columns, people)
  const memory = new KernelMemory(matrixBytes(columns, columns) + gramBytes(matrix))
  const out = denseMatrix(memory, columns, columns)
  out.view.fill(Number.NaN)
  const weight = Float32Array.from(people, (_, p) => (p % 5) / 4)
  await gramInto(memory, out, matrix, weight, threads)
  const expected = new Float64Array(columns * columns)
  people.forEach((list, p) => {
    for (const i of new Set(list)) {
      for (const j of new Set(list)) {
        expected[i * columns + j] = (expected[i * columns + j] ?? 0) + (weight[p] ?? 0)
      }
    }
  })
  let worst = 0
  for (let i = 0; i < columns; i++) {
    for (let j = 0; j <= i; j++) {
      const found = out.view[i * out.stride + j] ?? Number.NaN
      worst += Math.abs(found - (expected[i * columns + j] ?? 0))
    }
  }
  return worst
}

test('the Gram matrix of a binary matrix counts pairs, weighted by person', async () => {
  await fc.assert(
    fc.asyncProperty(lists, async ([columns, people]) => {
      expect(await gramError(columns, people)).toBe(0)
    }),
    { numRuns: 60 },
  )
})

test('two threads share the rows of a Gram matrix', async () => {
  const people = Array.from({ length: 50 }, (_, p) =>
    Array.from({ length: 40 }, (__, k) => (p * k) % 97),
  )
  expect(await gramError(97, people, 2)).toBe(0)
})

test('a weight that is not finite is refused', async () => {
  const matrix = csrOf(2, [[0], [1]])
  const memory = new KernelMemory(matrixBytes(2, 2) + gramBytes(matrix))
  const out = denseMatrix(memory, 2, 2)
  await expect(gramInto(memory, out, matrix, Float32Array.of(1, Number.NaN))).rejects.toThrow(
    expect.objectContaining({ code: 'MATH_NOT_FINITE' }),
  )
})

test('sums of rows come out in order, however many are gathered before they are made', () => {
  fc.assert(
    fc.property(lists, fc.integer({ min: 1, max: 90 }), ([rows, sums], columns) => {
      const memory = new KernelMemory(matrixBytes(rows, columns) + RowSums.bytes(columns, 30))
      const matrix = denseMatrix(memory, rows, columns)
      matrix.view.forEach((_, k) => (matrix.view[k] = ((k * 7) % 11) - 5))
      const adder = new RowSums(memory, matrix, 30)
      const out = new Float32Array(sums.length * columns).fill(Number.NaN)
      let done = 0
      sums.forEach((list, s) => {
        list.forEach((row, k) => adder.term(row, k + 0.5))
        if (adder.next() || s === sums.length - 1) {
          done += adder.flush(out.subarray(done * columns))
        }
      })
      const expected = sums.flatMap((list) =>
        Array.from({ length: columns }, (_, c) =>
          list.reduce(
            (sum, row, k) => sum + (k + 0.5) * (matrix.view[row * matrix.stride + c] ?? 0),
            0,
          ),
        ),
      )
      out.forEach((value, k) => expect(value).toBeCloseTo(expected[k] ?? Number.NaN, 2))
    }),
    { numRuns: 40 },
  )
})

test('long sums are made before their terms run out of room', () => {
  const terms = 1_000
  const memory = new KernelMemory(matrixBytes(3, 9) + RowSums.bytes(9, terms))
  const matrix = denseMatrix(memory, 3, 9)
  matrix.view.forEach((_, k) => (matrix.view[k] = k % 5))
  const adder = new RowSums(memory, matrix, terms)
  const out = new Float32Array(40 * 9)
  let done = 0
  for (let s = 0; s < 40; s++) {
    for (let k = 0; k < terms; k++) adder.term(s % 3, 1)
    if (adder.next() || s === 39) done += adder.flush(out.subarray(done * 9))
  }
  expect(done).toBe(40)
  out.forEach((sum, at) => {
    const row = Math.floor(at / 9) % 3
    expect(sum).toBe(terms * (matrix.view[row * matrix.stride + (at % 9)] ?? Number.NaN))
  })
})

/** The rows of X one by one, as `lagProducts` defines them. */
function slowLag(
  items: number,
  people: readonly (readonly number[])[],
  weights: readonly Float32Array[],
) {
  const size = items * weights.length
  const gram = new Float64Array(size * size)
  const cross = new Float64Array(size * items)
  for (const list of people) {
    for (let t = 1; t < list.length; t++) {
      const x = new Float64Array(size)
      weights.forEach((row, b) =>
        row.forEach((w, a) => {
          const i = list[t - 1 - a]
          if (i !== undefined) x[b * items + i] = (x[b * items + i] ?? 0) + w
        }),
      )
      for (let r = 0; r < size; r++) {
        for (let c = 0; c < size; c++) {
          gram[r * size + c] = (gram[r * size + c] ?? 0) + (x[r] ?? 0) * (x[c] ?? 0)
        }
        const at = r * items + (list[t] ?? 0)
        cross[at] = (cross[at] ?? 0) + (x[r] ?? 0)
      }
    }
  }
  return { gram, cross }
}

test('lagged products equal those of the written-out matrix, with repeats and windows shorter than histories', async () => {
  const small = fc.integer({ min: 1, max: 6 }).chain((items) =>
    fc.tuple(
      fc.constant(items),
      fc.array(fc.array(fc.integer({ min: 0, max: items - 1 }), { maxLength: 14 }), {
        maxLength: 6,
      }),
    ),
  )
  const row = fc
    .array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 6 })
    .map((values) => Float32Array.from(values))
  await fc.assert(
    fc.asyncProperty(
      small,
      fc.array(row, { minLength: 1, maxLength: 3 }),
      async ([items, people], weights) => {
        const size = items * weights.length
        const item = Int32Array.from(people.flat())
        const start = new Uint32Array(people.length + 1)
        people.forEach((list, p) => (start[p + 1] = (start[p] ?? 0) + list.length))
        const sequences = { items, start, item }
        const memory = new KernelMemory(
          matrixBytes(size, size) + matrixBytes(size, items) + lagBytes(sequences, weights),
        )
        const gram = denseMatrix(memory, size, size)
        const cross = denseMatrix(memory, size, items)
        await lagProducts(memory, gram, cross, sequences, weights)
        const expected = slowLag(items, people, weights)
        for (let r = 0; r < size; r++) {
          for (let c = 0; c <= r; c++) {
            expect(gram.view[r * gram.stride + c]).toBe(expected.gram[r * size + c])
          }
          for (let c = 0; c < items; c++) {
            expect(cross.view[r * cross.stride + c]).toBe(expected.cross[r * items + c])
          }
        }
      },
    ),
    { numRuns: 100 },
  )
})

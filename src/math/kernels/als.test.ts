import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '../../base/index.ts'
import { type CsrMatrix, transposed } from '../csrMatrix.ts'
import { plainHalf, type PlainObjective, type Rows } from './als.fixture.ts'
import { AlsFactorization } from './als.ts'

interface Case {
  readonly matrix: CsrMatrix
  readonly factors: number
  readonly weighted: boolean
  readonly seed: number
  readonly threads: number
}

/** Cells of a matrix, each person's drawn as a set of items: rows may be empty, full, or all the same. */
const cases: fc.Arbitrary<Case> = fc
  .record({ rows: fc.integer({ min: 1, max: 12 }), columns: fc.integer({ min: 1, max: 40 }) })
  .chain(({ rows, columns }) =>
    fc.record({
      matrix: fc
        .array(fc.uniqueArray(fc.nat(columns - 1)), { minLength: rows, maxLength: rows })
        .map((lists) => matrixOf(lists, columns)),
      factors: fc.integer({ min: 1, max: 21 }),
      weighted: fc.boolean(),
      seed: fc.nat(1_000),
      threads: fc.constant(1),
    }),
  )

function matrixOf(lists: readonly number[][], columns: number): CsrMatrix {
  const start = new Uint32Array(lists.length + 1)
  lists.forEach((list, r) => (start[r + 1] = (start[r] ?? 0) + list.length))
  const index = Int32Array.from(lists.flatMap((list) => list.toSorted((a, b) => a - b)))
  const value = Float32Array.from(index, (i, e) => 1 + ((i * 7 + e) % 5))
  return { rows: lists.length, columns, start, index, value }
}

function prepared({ matrix, factors, weighted, seed, threads }: Case): AlsFactorization {
  const als = new AlsFactorization({
    rows: matrix.rows,
    columns: matrix.columns,
    entries: matrix.index.length,
    longest: Math.max(matrix.rows, matrix.columns),
    factors,
    weighted,
    threads,
  })
  als.byRow.start.set(matrix.start)
  als.byRow.index.set(matrix.index)
  als.byRow.value?.set(matrix.value)
  const random = seededRandom(seed)
  for (const side of [als.rowFactors, als.columnFactors]) {
    side.forEach((_, k) => (side[k] = k % als.stride < factors ? random.next() - 0.5 : 0))
  }
  als.rowPenalty.forEach((_, r) => (als.rowPenalty[r] = 0.3 + 0.1 * (r % 4)))
  als.columnPenalty.fill(0.5)
  als.transpose()
  return als
}

function rowsOf(values: Float32Array, stride: number, factors: number): Rows {
  return Array.from({ length: values.length / stride }, (_, r) =>
    Array.from(values.subarray(r * stride, r * stride + factors)),
  )
}

/** What a sweep should give, from the state before it. */
function expected(als: AlsFactorization, { matrix, factors, weighted }: Case, how: PlainObjective) {
  const valued = weighted ? matrix : { ...matrix, value: matrix.value.map(() => 1) }
  const before = rowsOf(als.columnFactors, als.stride, factors)
  const rows = rowsOf(als.rowFactors, als.stride, factors)
  const people = plainHalf(valued, before, rows, als.rowPenalty, how)
  return { people, items: plainHalf(transposed(valued), people, before, als.columnPenalty, how) }
}

function greatestDifference(values: Float32Array, stride: number, rows: Rows): number {
  const differences = rows.flatMap((row, r) =>
    row.map((value, k) => {
      const found = values[r * stride + k] ?? Number.NaN
      return Math.abs(found - value) / Math.max(1, Math.abs(value))
    }),
  )
  return differences.reduce((most, value) => (value <= most ? most : value), 0)
}

const OBJECTIVES = [
  { unobserved: 1, shift: 1 },
  { unobserved: 0.1, shift: 0 },
]

test.each([
  ['exactly', 0],
  ['by three steps of conjugate gradients', 3],
  ['by one step', 1],
])('a sweep does what the definition says, %s', (_, steps) => {
  fc.assert(
    fc.property(cases, fc.constantFrom(...OBJECTIVES), (drawn, objective) => {
      const als = prepared(drawn)
      const how = { ...objective, steps }
      const { people, items } = expected(als, drawn, how)
      als.sweep(how)
      expect(greatestDifference(als.rowFactors, als.stride, people)).toBeLessThan(2e-3)
      expect(greatestDifference(als.columnFactors, als.stride, items)).toBeLessThan(5e-3)
      const padding = als.rowFactors.filter((value, k) => k % als.stride >= drawn.factors && value)
      expect(padding).toHaveLength(0)
    }),
    { numRuns: 60 },
  )
})

test.each([0, 3])(
  'the result does not depend on the number of threads (%s steps)',
  async (steps) => {
    const random = seededRandom(5)
    const lists = Array.from({ length: 700 }, () =>
      Array.from({ length: 90 }, (_, i) => i).filter(() => random.next() < 0.2),
    )
    const matrix = matrixOf(lists, 90)
    const results = []
    for (const threads of [1, 2, 3]) {
      const als = prepared({ matrix, factors: 24, weighted: true, seed: 1, threads })
      for (let k = 0; k < 3; k++) als.sweep({ unobserved: 0.3, shift: 0, steps })
      results.push([als.rowFactors.slice(), als.columnFactors.slice()])
      await als.close()
    }
    expect(results[1]).toEqual(results[0])
    expect(results[2]).toEqual(results[0])
  },
)

test('a row that is longer than what is gathered at once gives the same', () => {
  const matrix = matrixOf([Array.from({ length: 77 }, (_, i) => i), [3, 5]], 77)
  const shape = { rows: 2, columns: 77, entries: 79, factors: 8, weighted: false, threads: 1 }
  const [whole, parts] = [96, 32].map((longest) => {
    const als = new AlsFactorization({ ...shape, longest })
    als.byRow.start.set(matrix.start)
    als.byRow.index.set(matrix.index)
    als.columnFactors.forEach((_, k) => (als.columnFactors[k] = Math.sin(k)))
    als.rowPenalty.fill(0.1)
    als.columnPenalty.fill(0.1)
    als.transpose()
    als.sweep({ unobserved: 0.1, shift: 0, steps: 3 })
    return als.rowFactors
  })
  parts?.forEach((value, k) => expect(value).toBeCloseTo(whole?.[k] ?? Number.NaN, 4))
})

test('sorting by column again gives the same columns', () => {
  const matrix = matrixOf([[0, 1], [1, 2], [], [0, 2, 3]], 4)
  const als = prepared({ matrix, factors: 3, weighted: true, seed: 2, threads: 1 })
  const by = transposed(matrix)
  for (let k = 0; k < 2; k++) {
    const { start, index, value } = als.transpose()
    expect([[...start], [...index], [...(value ?? [])]]).toEqual([
      [...by.start],
      [...by.index],
      [...by.value],
    ])
  }
})

test('the loss falls with every sweep', () => {
  const matrix = matrixOf([[0, 1], [1, 2], [], [0, 2, 3]], 4)
  const drawn = { matrix, factors: 3, weighted: false, seed: 2, threads: 1 }
  const als = prepared(drawn)
  const loss = () => {
    const x = rowsOf(als.rowFactors, als.stride, 3)
    const y = rowsOf(als.columnFactors, als.stride, 3)
    const square = (row: number[] = []) => row.reduce((sum, value) => sum + value * value, 0)
    let sum = 0
    x.forEach((row, p) => {
      sum += (als.rowPenalty[p] ?? 0) * square(row)
      const had = matrix.index.subarray(matrix.start[p], matrix.start[p + 1])
      y.forEach((other, i) => {
        const fitted = row.reduce((total, value, k) => total + value * (other[k] ?? 0), 0)
        sum += 0.2 * fitted ** 2 + (had.includes(i) ? (1 - fitted) ** 2 : 0)
      })
    })
    return y.reduce((total, row, i) => total + (als.columnPenalty[i] ?? 0) * square(row), sum)
  }
  for (let k = 0, before = Infinity; k < 5; k++) {
    als.sweep({ unobserved: 0.2, shift: 0, steps: 0 })
    expect(loss()).toBeLessThan(before)
    before = loss()
  }
})

test.each(['weight', 'factor', 'penalty'])('a %s that is not a number is refused', (what) => {
  const matrix = matrixOf([[0, 1], [1]], 2)
  const als = prepared({ matrix, factors: 2, weighted: true, seed: 1, threads: 1 })
  const array = { weight: als.byRow.value, factor: als.columnFactors, penalty: als.rowPenalty }[
    what
  ]
  array?.fill(what === 'factor' ? Infinity : Number.NaN, 1, 2)
  const work = () => {
    als.transpose()
    als.sweep({ unobserved: 1, shift: 0, steps: 3 })
  }
  expect(work).toThrow(/place 1/)
})

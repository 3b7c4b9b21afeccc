import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CsrMatrix } from '../csrMatrix.ts'
import { nearestItems, SIMILARITY_FORMS, type SimilarityOptions } from './itemItem.ts'
import { plainNearestItems } from './plainItemItem.ts'

/** A matrix from rows of [column, value]. */
function matrixOf(columns: number, rows: readonly (readonly [number, number][])[]): CsrMatrix {
  const start = new Uint32Array(rows.length + 1)
  const entries: [number, number][] = []
  for (const [r, row] of rows.entries()) {
    const byColumn = new Map(row)
    entries.push(...[...byColumn].sort((a, b) => a[0] - b[0]))
    start[r + 1] = entries.length
  }
  return {
    rows: rows.length,
    columns,
    start,
    index: Int32Array.from(entries, ([column]) => column),
    value: Float32Array.from(entries, ([, value]) => value),
  }
}

const matrices = fc.integer({ min: 1, max: 70 }).chain((columns) => {
  const item = fc.integer({ min: 0, max: columns - 1 })
  const value = fc.constantFrom(1, 1, 1, 0.5, 3, 1e6)
  const row = fc.array(fc.tuple(item, value), { maxLength: 12 })
  const ones = fc.array(fc.tuple(item, fc.constant(1)), { maxLength: 12 })
  const rows = fc.oneof(fc.array(row, { maxLength: 30 }), fc.array(ones, { maxLength: 30 }))
  return rows.map((list) => matrixOf(columns, list))
})

describe('nearestItems', () => {
  it('agrees to the last bit with its plain twin, on any shape and with ties', async () => {
    const settings = fc.record({
      form: fc.constantFrom(...SIMILARITY_FORMS),
      keep: fc.integer({ min: 1, max: 80 }),
      threads: fc.constantFrom(1, 1, 1, 1, 1, 1, 1, 2),
      shrinkage: fc.constantFrom(0, 1, 12.5),
      weighted: fc.boolean(),
      ramp: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(matrices, settings, async (matrix, { weighted, ramp, ...rest }) => {
        const options: SimilarityOptions = {
          ...rest,
          x: Float32Array.from({ length: matrix.columns }, (_, i) => (ramp ? 1 + (i % 3) : 1)),
          ...(weighted && {
            personWeight: Float32Array.from({ length: matrix.rows }, (_, u) => 1 / (1 + u)),
          }),
        }
        expect(await nearestItems(matrix, options)).toEqual(plainNearestItems(matrix, options))
      }),
      { numRuns: 100 },
    )
  })

  it('agrees where lists are cut several times, ranked or by id', async () => {
    // 3,000 items that one person links, with few distinct similarities: many ties at the cut.
    const items = 3_000
    const all = Array.from({ length: items }, (_, i): [number, number] => [i, 1 + (i % 5)])
    const matrix = matrixOf(items, [all, all.slice(0, 40), [[7, 2]]])
    const options = { form: 'scaled', x: new Float32Array(items).fill(1), keep: 100 } as const
    const ranked = await nearestItems(matrix, options)
    expect(ranked).toEqual(plainNearestItems(matrix, options))
    const byId = await nearestItems(matrix, { ...options, ranked: false })
    expect(byId.start).toEqual(ranked.start)
    for (let i = 0; i < items; i += 97) {
      const row = byId.index.subarray(byId.start[i], byId.start[i + 1])
      expect(row).toEqual(ranked.index.slice(ranked.start[i], ranked.start[i + 1]).sort())
    }
  })

  it('knows the answer for two blocks of items', async () => {
    const left: [number, number][] = [
      [0, 1],
      [1, 1],
      [2, 1],
    ]
    const right: [number, number][] = [
      [3, 1],
      [4, 1],
    ]
    const matrix = matrixOf(5, [left, right, left, right])
    const x = new Float32Array(5).fill(Math.SQRT2)
    const { start, index, score } = await nearestItems(matrix, { form: 'cosine', x, keep: 5 })
    expect([...start]).toEqual([0, 2, 4, 6, 7, 8])
    expect([...index]).toEqual([1, 2, 0, 2, 0, 1, 4, 3])
    for (const value of score) expect(value).toBeCloseTo(1, 6)
  })

  it('takes one item, and people and items without entries', async () => {
    const one = await nearestItems(matrixOf(1, [[[0, 1]]]), {
      form: 'scaled',
      x: Float32Array.of(1),
      keep: 3,
    })
    expect([...one.start]).toEqual([0, 0])
    const none = await nearestItems(matrixOf(4, []), {
      form: 'jaccard',
      x: new Float32Array(4),
      keep: 3,
    })
    expect([...none.start]).toEqual([0, 0, 0, 0, 0])
  })

  it('refuses numbers that are not finite', async () => {
    const options = { form: 'scaled', x: Float32Array.of(1, 1), keep: 1 } as const
    const broken = matrixOf(2, [
      [
        [0, Number.NaN],
        [1, 1],
      ],
    ])
    await expect(nearestItems(broken, options)).rejects.toThrow(/matrix/)
    const sound = matrixOf(2, [
      [
        [0, 1],
        [1, 1],
      ],
    ])
    const x = Float32Array.of(1, Number.POSITIVE_INFINITY)
    await expect(nearestItems(sound, { ...options, x })).rejects.toThrow(/columns/)
  })
})

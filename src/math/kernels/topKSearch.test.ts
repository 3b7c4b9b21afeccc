import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { randomNormal, seededRandom } from '../../base/index.ts'
import { plainTopK } from './plainTopK.ts'
import { TopKSearch } from './topKSearch.ts'

/** Small whole numbers, so that sums are exact and ties are many. */
const wholeNumbers = (length: number) =>
  fc.array(fc.integer({ min: -3, max: 3 }), { minLength: length, maxLength: length })

const problems = fc
  .record({
    count: fc.integer({ min: 1, max: 60 }),
    dimensions: fc.integer({ min: 1, max: 21 }),
    people: fc.integer({ min: 1, max: 5 }),
    k: fc.integer({ min: 1, max: 70 }),
    threads: fc.constantFrom(1, 1, 1, 1, 1, 1, 1, 2),
  })
  .chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      vectors: wholeNumbers(shape.count * shape.dimensions),
      queries: wholeNumbers(shape.people * shape.dimensions),
    }),
  )

function gaussian(length: number, seed: number): Float32Array {
  const random = seededRandom(seed)
  return Float32Array.from({ length }, () => randomNormal(random))
}

describe('TopKSearch', () => {
  it('finds exactly what its plain twin finds, on any shape and with ties', async () => {
    await fc.assert(
      fc.asyncProperty(problems, async ({ shape, ...given }) => {
        const { dimensions, people, k, threads } = shape
        const vectors = Float32Array.from(given.vectors)
        const queries = Float32Array.from(given.queries)
        const search = new TopKSearch(vectors, dimensions, { threads, longest: 70, bytes: true })
        const found = search.searchAll(queries, k)
        expect(found).toHaveLength(people)
        for (const [p, list] of found.entries()) {
          const query = queries.subarray(p * dimensions, (p + 1) * dimensions)
          const expected = plainTopK(vectors, dimensions, query, k)
          expect(list).toEqual(expected)
          expect(search.search(query, k)).toEqual(expected)
          // Whatever candidates it looks at, their scores are exact.
          const fast = search.searchFast(query, k)
          if (2 * k >= shape.count) expect(fast).toEqual(expected)
        }
        await search.close()
      }),
      { numRuns: 60 },
    )
  })

  it('cuts its lists many times over, with one and with several threads', async () => {
    const [count, dimensions] = [70_001, 8]
    // Rising scores: every vector is better than all before it.
    const vectors = Float32Array.from({ length: count * dimensions }, (_, n) => n >> 3)
    const query = new Float32Array(dimensions).fill(1)
    for (const threads of [1, 2]) {
      const search = new TopKSearch(vectors, dimensions, { threads })
      const { ids } = search.search(query, 100)
      expect([...ids]).toEqual(Array.from({ length: 100 }, (_, n) => count - 1 - n))
      const equal = new TopKSearch(new Float32Array(count * dimensions).fill(1), dimensions, {
        threads,
      })
      expect([...equal.search(query, 100).ids]).toEqual(Array.from({ length: 100 }, (_, n) => n))
      await search.close()
      await equal.close()
    }
  })

  it('finds the same 100 through 8-bit copies, with the same scores', () => {
    const dimensions = 32
    const vectors = gaussian(20_000 * dimensions, 5)
    const search = new TopKSearch(vectors, dimensions, { bytes: true })
    for (let seed = 10; seed < 20; seed++) {
      const query = gaussian(dimensions, seed)
      expect(search.searchFast(query, 100)).toEqual(search.search(query, 100))
    }
  })

  it('answers more queries than it takes in one pass', () => {
    const vectors = gaussian(300 * 6, 1)
    const queries = gaussian(71 * 6, 2)
    const found = new TopKSearch(vectors, 6).searchAll(queries, 3)
    found.forEach((list, p) => {
      const { ids } = plainTopK(vectors, 6, queries.subarray(6 * p, 6 * p + 6), 3)
      expect([...list.ids]).toEqual([...ids])
    })
    expect(found).toHaveLength(71)
  })

  it('holds no vector, or vectors of zeros', () => {
    const none = new TopKSearch(new Float32Array(0), 4, { bytes: true })
    expect(none.search(new Float32Array(4), 3).ids).toHaveLength(0)
    expect(none.searchFast(new Float32Array(4), 3).ids).toHaveLength(0)
    const zeros = new TopKSearch(new Float32Array(12), 4, { bytes: true })
    expect([...zeros.search(new Float32Array(4), 2).ids]).toEqual([0, 1])
    expect([...zeros.searchFast(Float32Array.of(1, -1, 0, 0), 2).ids]).toEqual([0, 1])
  })

  it('refuses numbers that are not finite, and longer lists than it was made for', () => {
    expect(() => new TopKSearch(Float32Array.of(1, Number.NaN), 2)).toThrow(/vector/)
    const search = new TopKSearch(new Float32Array(200), 1, { longest: 10 })
    expect(() => search.search(Float32Array.of(Number.POSITIVE_INFINITY), 1)).toThrow(/query/)
    expect(() => search.search(Float32Array.of(1), 11)).toThrow(/1 to 10/)
    expect(() => search.search(Float32Array.of(1), 0)).toThrow(/1 to 10/)
    expect(() => search.searchFast(Float32Array.of(1), 1)).toThrow(/bytes/)
  })
})

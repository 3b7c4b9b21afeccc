import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Candidates, RerankOptions } from './options.ts'
import {
  attributesOf,
  cosine,
  determinant,
  jaccard,
  scaled,
  shortfall,
} from './plainRerank.fixture.ts'
import { rerank, Reranker } from './reranker.ts'

const VALUES = 6
const ROUNDING = 1e-9

interface Case {
  readonly scores: readonly number[]
  readonly sets: readonly (readonly number[])[]
  readonly vectors: readonly (readonly number[])[]
  readonly n: number
  readonly strength: number
}

const cases = fc.integer({ min: 1, max: 9 }).chain((count) => {
  const each = { minLength: count, maxLength: count }
  const coordinate = fc.integer({ min: -4, max: 4 })
  return fc.record({
    scores: fc.array(fc.integer({ min: -5, max: 5 }), each),
    sets: fc.array(fc.uniqueArray(fc.integer({ min: 0, max: VALUES - 1 }), { maxLength: 4 }), each),
    vectors: fc.array(fc.array(coordinate, { minLength: 3, maxLength: 3 }), each),
    n: fc.integer({ min: 1, max: 6 }),
    strength: fc.constantFrom(0, 0.2, 0.5, 0.9, 1),
  })
})

function candidatesOf(scores: readonly number[]): Candidates {
  return { ids: Int32Array.from(scores, (_, k) => k), scores: Float64Array.from(scores) }
}

/** The same lists by attributes, by jaccard and cosine, and by vectors, each with what makes two items alike. */
function similarities({ sets, vectors }: Case) {
  const attributes = attributesOf(VALUES, sets)
  const binary = sets.map((set) =>
    Array.from({ length: VALUES }, (_, v) => Number(set.includes(v))),
  )
  const dense = { vectors: Float32Array.from(vectors.flat()), dimensions: 3 }
  const of =
    <T>(rows: readonly T[], alike: (a: T, b: T) => number) =>
    (a: number, b: number): number =>
      alike(rows[a] as T, rows[b] as T)
  return [
    { similarity: { attributes }, alike: of(sets, jaccard) },
    { similarity: { attributes, measure: 'cosine' as const }, alike: of(binary, cosine) },
    { similarity: dense, alike: of(vectors, cosine) },
  ]
}

describe('mmr', () => {
  test('takes in each step what is best when every value is computed anew', () => {
    fc.assert(
      fc.property(cases, (drawn) => {
        const { scores, n, strength } = drawn
        const relevance = scaled(scores)
        for (const { similarity, alike } of similarities(drawn)) {
          const diversity = { method: 'mmr', strength, similarity } as const
          const list = [...rerank(candidatesOf(scores), { n, diversity })]
          const value = (before: readonly number[], next: number): number => {
            const nearest = Math.max(...before.map((one) => alike(one, next)))
            const loss = before.length === 0 ? 0 : nearest
            return (1 - strength) * (relevance[next] ?? 0) - strength * loss
          }
          expect(list).toHaveLength(Math.min(n, scores.length))
          expect(new Set(list).size).toBe(list.length)
          expect(shortfall(list, scores.length, value)).toBeLessThan(ROUNDING)
        }
      }),
    )
  })

  test('gives by hand what the formula gives', () => {
    const attributes = attributesOf(3, [[0, 1], [0, 1], [0], [2]])
    const diversity = { method: 'mmr', strength: 0.5, similarity: { attributes } } as const
    // Relevance 1, .9, .6, 0. Second: .45 - .5, .3 - .25, 0 - 0; third: .45 - .5 against 0 - 0.
    const candidates = candidatesOf([10, 9, 6, 0])
    expect([...rerank(candidates, { n: 4, diversity })]).toEqual([0, 2, 3, 1])
  })
})

describe('dpp', () => {
  test('takes in each step the greatest determinant, by brute force', () => {
    fc.assert(
      fc.property(cases, fc.constantFrom(0, 0.1, 1), (drawn, ridge) => {
        const { scores, n, strength } = drawn
        const relevance = scaled(scores)
        for (const { similarity, alike } of similarities(drawn)) {
          const diversity = { method: 'dpp', strength, similarity, ridge } as const
          const list = [...rerank(candidatesOf(scores), { n, diversity })]
          const logVolume = (items: readonly number[]): number => {
            const matrix = items.map((a) =>
              items.map((b) => (a === b ? 1 : (1 - ridge) * alike(a, b))),
            )
            const volume = determinant(matrix)
            return volume < 1e-10 ? Number.NEGATIVE_INFINITY : Math.log(volume)
          }
          const value = (before: readonly number[], next: number): number => {
            const relevant = [...before, next].reduce((sum, k) => sum + (relevance[k] ?? 0), 0)
            if (strength === 0) return relevant
            return (1 - strength) * relevant + strength * logVolume([...before, next])
          }
          expect(list).toHaveLength(Math.min(n, scores.length))
          expect(shortfall(list, scores.length, value)).toBeLessThan(1e-6)
        }
      }),
      { numRuns: 60 },
    )
  })

  test('items that the list spans come last, by relevance, without a number going wrong', () => {
    const vectors = Float32Array.from([1, 0, 2, 0, 3, 0, 0, 1, 1, 1])
    const similarity = { vectors, dimensions: 2 }
    const diversity = { method: 'dpp', strength: 0.5, similarity, ridge: 0 } as const
    expect([...rerank(candidatesOf([5, 4, 3, 2, 1]), { n: 9, diversity })]).toEqual([0, 3, 1, 2, 4])
  })

  test('an item that the list spans may be forced onto it, and what follows is still right', () => {
    // The residual of the second is -4e-16 for rounding: its root would be no number.
    const vectors = Float32Array.from([1, 8, 3, 24, 8, -1, 1, 1])
    const similarity = { vectors, dimensions: 2 }
    const diversity = { method: 'dpp', strength: 0.9, similarity, ridge: 0 } as const
    const newItems = { share: 1, age: [0, 0, 9, 9], youngerThan: 1, seed: 1 }
    const list = rerank(candidatesOf([5, 4, 1, 2]), { n: 4, diversity, newItems })
    expect([...list]).toEqual([0, 1, 2, 3])
  })

  test('with a ridge, copies of an item cost, but do not exclude each other', () => {
    const attributes = attributesOf(2, [[0], [0], [1]])
    const list = (strength: number) => {
      const diversity = { method: 'dpp', strength, similarity: { attributes } } as const
      return [...rerank(candidatesOf([10, 9, 0]), { n: 2, diversity })]
    }
    // The copy loses log(1 - .9²) = -1.66: it stays ahead while .9 (1 - s) > 1.66 s.
    expect(list(0.34)).toEqual([0, 1])
    expect(list(0.36)).toEqual([0, 2])
  })
})

describe.each(['mmr', 'dpp'] as const)('%s', (method) => {
  test('with strength 0 is the order of the scores, equal ones by the smaller id', () => {
    fc.assert(
      fc.property(cases, ({ scores, sets, n }) => {
        const ids = Int32Array.from(scores, (_, k) => (k * 7) % 11)
        const attributes = attributesOf(
          VALUES,
          Array.from({ length: 11 }, (_, i) => sets[i] ?? []),
        )
        const diversity = { method, strength: 0, similarity: { attributes } }
        const found = rerank({ ids, scores: Float64Array.from(scores) }, { n, diversity })
        const expected = scores
          .map((score, k) => ({ score, id: ids[k] ?? 0 }))
          .sort((a, b) => b.score - a.score || a.id - b.id)
        expect([...found]).toEqual(expected.slice(0, n).map(({ id }) => id))
      }),
    )
  })

  test('with strength 1 only likeness counts: relevance decides among equals, then the id', () => {
    const attributes = attributesOf(3, [[0], [0], [1], [2], [2]])
    const diversity = { method, strength: 1, similarity: { attributes } }
    const found = rerank(candidatesOf([5, 4, 1, 2, 2]), { n: 3, diversity })
    expect([...found]).toEqual([0, 3, 2])
  })

  test('items without attributes, or beyond them, are like nothing', () => {
    const attributes = attributesOf(1, [[0], [0], []])
    const diversity = { method, strength: 0.9, similarity: { attributes } }
    expect([...rerank(candidatesOf([9, 8, 2, 1]), { n: 4, diversity })]).toEqual([0, 2, 3, 1])
    const nothing = { method, strength: 0.9, similarity: { attributes: attributesOf(0, []) } }
    expect([...rerank(candidatesOf([1, 3, 2]), { n: 2, diversity: nothing })]).toEqual([1, 2])
  })

  test('rows say where attributes lie when ids do not', () => {
    const attributes = attributesOf(2, [[0], [0], [1]])
    const ids = Int32Array.of(500, 400, 300)
    const rows = Int32Array.of(0, 1, 2)
    const scores = Float64Array.of(3, 2, 1)
    const diversity = { method, strength: 0.7, similarity: { attributes } }
    expect([...rerank({ ids, scores, rows }, { n: 2, diversity })]).toEqual([500, 300])
  })

  test('a reused instance answers as a fresh one', () => {
    const reused = new Reranker()
    fc.assert(
      fc.property(cases, (drawn) => {
        for (const { similarity } of similarities(drawn)) {
          const options: RerankOptions = {
            n: drawn.n,
            diversity: { method, strength: drawn.strength, similarity },
          }
          const candidates = candidatesOf(drawn.scores)
          expect([...reused.rerank(candidates, options)]).toEqual([...rerank(candidates, options)])
        }
      }),
      { numRuns: 30 },
    )
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { duePlaces } from './newItems.ts'
import type { RerankOptions } from './options.ts'
import { attributesOf } from './plainRerank.fixture.ts'
import { controlPopularity } from './popularity.ts'
import { rerank, Reranker } from './reranker.ts'

const VALUES = 5

function candidatesOf(scores: readonly number[]) {
  return { ids: Int32Array.from(scores, (_, k) => k), scores: Float64Array.from(scores) }
}

function falling(count: number) {
  return candidatesOf(Array.from({ length: count }, (_, k) => count - k))
}

describe('caps', () => {
  const sets = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: VALUES - 1 }), { maxLength: 3 }), {
    minLength: 1,
    maxLength: 30,
  })
  const numbers = fc.integer({ min: 1, max: 6 })

  test('hold in every window of places, and what they leave comes in the order of the scores', () => {
    const reused = new Reranker()
    fc.assert(
      fc.property(
        sets,
        numbers,
        numbers,
        fc.integer({ min: 1, max: 12 }),
        (lists, most, window, n) => {
          const caps = [{ attributes: attributesOf(VALUES, lists), most, window }]
          const found = [...reused.rerank(falling(lists.length), { n, caps })]
          for (let from = 0; from < found.length; from++) {
            const inside = found.slice(from, from + window).flatMap((k) => lists[k] ?? [])
            for (let v = 0; v < VALUES; v++) {
              expect(inside.filter((value) => value === v).length).toBeLessThanOrEqual(most)
            }
          }
          const plain: number[] = []
          const open = lists.map((_, k) => k)
          while (plain.length < n) {
            const before = plain
              .slice(Math.max(0, plain.length - window + 1))
              .flatMap((k) => lists[k] ?? [])
            const next = open.findIndex((k) =>
              (lists[k] ?? []).every((v) => before.filter((other) => other === v).length < most),
            )
            if (next === -1) break
            plain.push(...open.splice(next, 1))
          }
          expect(found).toEqual(plain)
        },
      ),
    )
  })

  test('count in the whole list without a window, several of them together', () => {
    const brand = attributesOf(2, [[0], [0], [0], [1], [1], [1]])
    const sort = attributesOf(3, [[0], [1], [2], [0], [1], [2]])
    const caps = [
      { attributes: brand, most: 2 },
      { attributes: sort, most: 1 },
    ]
    expect([...rerank(falling(6), { n: 6, caps })]).toEqual([0, 1, 5])
  })
})

describe('new items', () => {
  test('round a share up, but not for the error of a product', () => {
    const due = new Int32Array(100)
    duePlaces(due, 0.07, 1)
    expect(due[99]).toBe(7)
    duePlaces(due, 0.071, 1)
    expect(due[99]).toBe(8)
  })

  test('get their share, one place in each stretch of the list', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer(),
        (n, share, seed) => {
          const due = new Int32Array(n)
          duePlaces(due, share, seed)
          const wanted = Math.max(0, Math.ceil(share * n - 1e-9))
          expect(due[n - 1]).toBe(wanted)
          for (let k = 1; k <= wanted; k++) {
            expect(due[Math.floor((k * n) / wanted) - 1]).toBe(k)
          }
        },
      ),
    )
  })

  const age = Array.from({ length: 100 }, (_, k) => (k < 80 ? 1_000 : 3))
  const newItems = { share: 0.2, age, youngerThan: 30, seed: 5 }

  test('stand at places that the seed draws, the best of them first', () => {
    const list = [...rerank(falling(100), { n: 20, newItems })]
    const young = list.filter((id) => id >= 80)
    expect(young).toEqual([80, 81, 82, 83])
    expect(list.filter((id) => id < 80)).toEqual(Array.from({ length: 16 }, (_, k) => k))
    const again = [...rerank(falling(100), { n: 20, newItems })]
    expect(again).toEqual(list)
    const withSeed = (seed: number): readonly number[] =>
      Array.from(rerank(falling(100), { n: 20, newItems: { ...newItems, seed } }))
    const others = [1, 2, 3].map(withSeed)
    expect(others.some((other) => other.join() !== list.join())).toBe(true)
  })

  test('that lead anyway use up their share', () => {
    const ages = age.toReversed()
    const list = [...rerank(falling(100), { n: 10, newItems: { ...newItems, age: ages } })]
    expect(list).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  test('leave their places to others when there are none, or caps forbid them', () => {
    const old = { ...newItems, age: age.map(() => Number.NaN) }
    expect([...rerank(falling(100), { n: 5, newItems: old })]).toEqual([0, 1, 2, 3, 4])
    const attributes = attributesOf(
      1,
      age.map((days) => (days < 30 ? [0] : [])),
    )
    const caps = [{ attributes, most: 1 }]
    const list = [...rerank(falling(100), { n: 20, newItems, caps })]
    expect(list.filter((id) => id >= 80)).toEqual([80])
    expect(list).toHaveLength(20)
  })
})

describe('popularity control', () => {
  test('with strength 0 changes nothing, and more strength never makes the list more popular', () => {
    const popularity = Array.from({ length: 60 }, (_, k) => Math.ceil(4_000 / (k + 1)))
    for (const method of ['minus', 'over'] as const) {
      const means = [0, 0.2, 0.5, 1, 3].map((strength) => {
        const list = rerank(falling(60), { n: 10, popularity: { method, strength, popularity } })
        return list.reduce((sum, id) => sum + Math.log(popularity[id] ?? 1), 0) / 10
      })
      expect(means).toEqual(means.toSorted((a, b) => b - a))
      expect(means[0]).toBeGreaterThan(means[4] ?? 0)
      const same = rerank(falling(60), { n: 10, popularity: { method, strength: 0, popularity } })
      expect([...same]).toEqual(Array.from({ length: 10 }, (_, k) => k))
    }
  })

  test('subtracts log-popularity, or divides by a power of popularity', () => {
    const popularity = [100, 10, 1, 0]
    const minus = Float64Array.of(1, 0.8, 0.2, 0)
    controlPopularity(minus, 4, { method: 'minus', strength: 0.5, popularity })
    // .5, .55, .2, 0 on the way to 0 .. 1.
    expect([...minus].map((value) => Number(value.toFixed(9)))).toEqual([
      Number((0.5 / 0.55).toFixed(9)),
      1,
      Number((0.2 / 0.55).toFixed(9)),
      0,
    ])
    const over = Float64Array.of(1, 0.8, 0.2, 0)
    controlPopularity(over, 4, { method: 'over', strength: 0.5, popularity })
    // .1, .253, .2, 0.
    const best = 0.8 / Math.sqrt(10)
    expect(over[0]).toBeCloseTo(0.1 / best, 9)
    expect(over[1]).toBeCloseTo(1, 9)
    expect(over[2]).toBeCloseTo(0.2 / best, 9)
    expect(over[3]).toBe(0)
  })
})

describe('a list', () => {
  const attributes = attributesOf(2, [[0], [0], [1]])
  const diversity = { method: 'mmr', strength: 0.5, similarity: { attributes } } as const

  test('is empty without candidates, and short with few', () => {
    const everything: RerankOptions = {
      n: 3,
      diversity,
      calibration: [{ strength: 0.5, attributes, target: [1, 1] }],
      caps: [{ attributes, most: 1 }],
      newItems: { share: 1, age: [], youngerThan: 1, seed: 1 },
      popularity: { method: 'minus', strength: 1, popularity: [] },
    }
    expect([...rerank(falling(0), everything)]).toEqual([])
    expect([...rerank(falling(2), { n: 50 })]).toEqual([0, 1])
    expect([...rerank(candidatesOf([3]), { n: 50, diversity })]).toEqual([0])
  })

  test('is of equal scores in the order of the ids', () => {
    const ids = Int32Array.of(9, 4, 7)
    const scores = Float64Array.of(1, 1, 1)
    expect([...rerank({ ids, scores }, { n: 3 })]).toEqual([4, 7, 9])
    expect([...rerank({ ids, scores, rows: Int32Array.of(0, 1, 2) }, { n: 3, diversity })]).toEqual(
      [4, 7, 9],
    )
  })

  test('takes attribute values in any order, and one that is named twice as one', () => {
    const named = (sets: readonly (readonly number[])[]): readonly number[] => {
      const similarity = { attributes: attributesOf(4, sets) }
      const options = { method: 'mmr', strength: 0.5, similarity } as const
      return [...rerank(candidatesOf([10, 7, 4]), { n: 3, diversity: options })]
    }
    // 0.35 - 1/6 against 0 - 0 without, 0.25 - 1/3 with the value that the first two share.
    expect(named([[2, 0, 3, 0], [3, 1, 1], [1]])).toEqual(named([[0, 2, 3], [1, 3], [1]]))
    expect(named([[3, 3, 3], [3], [1, 0, 1]])).toEqual([0, 2, 1])
  })

  test('weighs diversity and calibration together', () => {
    const kinds = attributesOf(2, [[0], [0], [1], [1]])
    const places = attributesOf(2, [[0], [0], [0], [1]])
    const calibration = [{ strength: 0.3, attributes: places, target: [1, 0] }]
    const both: RerankOptions = {
      n: 2,
      calibration,
      diversity: { method: 'mmr', strength: 0.5, similarity: { attributes: kinds } },
    }
    expect([...rerank(candidatesOf([4, 3, 2, 2]), both)]).toEqual([0, 2])
    const noRelevance = {
      ...both,
      calibration: [{ strength: 0.5, attributes: places, target: [1, 0] }],
    }
    expect([...rerank(candidatesOf([1, 2, 1, 9]), noRelevance)]).toEqual([1, 2])
  })

  test('stands in the order of relevance where that is wanted, with the same items', () => {
    const options = { n: 3, diversity: { ...diversity, strength: 0.7 } }
    const candidates = { ids: Int32Array.of(8, 6, 7), scores: Float64Array.of(3, 2, 1) }
    const rows = Int32Array.of(0, 1, 2)
    expect([...rerank({ ...candidates, rows }, options)]).toEqual([8, 7, 6])
    const ordered = rerank({ ...candidates, rows }, { ...options, order: 'relevance' })
    expect([...ordered]).toEqual([8, 6, 7])
  })

  test('leaves out what is not accepted, and what was refused has no say in diversity', () => {
    const asked: number[] = []
    const accepts = (k: number): boolean => {
      asked.push(k)
      return k !== 0
    }
    const list = rerank(candidatesOf([9, 8, 0]), { n: 2, diversity, accepts })
    // Without the first, nothing on the list is like the second.
    expect([...list]).toEqual([1, 2])
    expect(asked).toEqual([0, 1, 2])
  })
})

describe('options that do not fit are refused with the place and what would be right', () => {
  const attributes = attributesOf(2, [[0], [1]])
  const similarity = { attributes }
  const vectors = { vectors: new Float32Array(5), dimensions: 2 }
  const popularity = { method: 'minus', strength: 1, popularity: [1, 2] } as const
  const calibration = { strength: 0.5, attributes, target: [1, 0] }
  const newItems = { share: 0.1, age: [1, 2], youngerThan: 1, seed: 1 }
  const refused: readonly (readonly [Partial<RerankOptions>, string, RegExp])[] = [
    [{ n: 0 }, 'MODELS_BAD_PARAMETER', /n is 0; it must be a whole number from 1/],
    [{ n: 1.5 }, 'MODELS_BAD_PARAMETER', /n is 1.5/],
    [
      { diversity: { method: 'mmr', strength: 1.1, similarity } },
      'MODELS_BAD_PARAMETER',
      /diversity.strength is 1.1; it must be from 0 to 1/,
    ],
    [
      { diversity: { method: 'dpp', strength: Number.NaN, similarity } },
      'MODELS_BAD_PARAMETER',
      /diversity.strength is NaN/,
    ],
    [
      { diversity: { method: 'dpp', strength: 0.1, similarity, ridge: -1 } },
      'MODELS_BAD_PARAMETER',
      /ridge/,
    ],
    [
      { diversity: { method: 'dpp', strength: 0.1, similarity: vectors } },
      'MODELS_BAD_DATA',
      /5 numbers are no rows of 2/,
    ],
    [
      { diversity: { method: 'mmr', strength: 0.6, similarity }, calibration: [calibration] },
      'MODELS_BAD_PARAMETER',
      /sum of all strengths is 1.1/,
    ],
    [
      { calibration: [{ ...calibration, target: [1] }] },
      'MODELS_BAD_DATA',
      /target has 1 rows, not 2/,
    ],
    [{ calibration: [{ ...calibration, target: [1, -1] }] }, 'MODELS_BAD_DATA', /row 1: -1/],
    [{ calibration: [{ ...calibration, smoothing: 0 }] }, 'MODELS_BAD_PARAMETER', /smoothing is 0/],
    [{ popularity: { ...popularity, strength: -1 } }, 'MODELS_BAD_PARAMETER', /from 0 to 10/],
    [
      { popularity: { ...popularity, popularity: [1] } },
      'MODELS_BAD_DATA',
      /popularity has 1 rows/,
    ],
    [{ caps: [{ attributes, most: 0 }] }, 'MODELS_BAD_PARAMETER', /caps.most is 0/],
    [{ caps: [{ attributes, most: 1, window: 0 }] }, 'MODELS_BAD_PARAMETER', /caps.window is 0/],
    [{ newItems, order: 'relevance' }, 'MODELS_BAD_PARAMETER', /order is "relevance"/],
    [
      { caps: [{ attributes, most: 1, window: 2 }], order: 'relevance' },
      'MODELS_BAD_PARAMETER',
      /order is "relevance"/,
    ],
    [{ newItems: { ...newItems, share: 2 } }, 'MODELS_BAD_PARAMETER', /newItems.share is 2/],
    [{ newItems: { ...newItems, age: [] } }, 'MODELS_BAD_DATA', /newItems.age has 0 rows, not 2/],
  ]

  const named = refused.map(([options, code, message]) => ({ options, code, message }))

  test.each(named)('$message.source', ({ options, code, message }) => {
    expect(() => rerank(falling(2), { n: 1, ...options })).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    )
  })

  test('scores that are no numbers, and rows that are missing', () => {
    const ids = Int32Array.of(0, 1)
    const bad = { ids, scores: Float64Array.of(1, Number.NaN) }
    expect(() => rerank(bad, { n: 1 })).toThrow(/scores, row 1: NaN is not a finite number/)
    const short = { ids, scores: Float64Array.of(1, 2), rows: Int32Array.of(0) }
    expect(() => rerank(short, { n: 1 })).toThrow(/rows has 1 rows, not 2/)
  })
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { historiesOf } from './contract.ts'
import { recommend } from './rank.ts'
import type { Recommender } from './recommender.ts'

/** Scores by table; a person is known by the first item of the history. */
function tabled(table: readonly (readonly number[])[], batched: boolean): Recommender {
  const items = table[0]?.length ?? 0
  return {
    name: 'popularity',
    items,
    score: ({ item }, scores) => scores.set(table[item[0] ?? 0] ?? []),
    parts: () => [],
    save: () => [],
    ...(batched && {
      scoreAll: ({ people, start, item }, scores) => {
        for (let p = 0; p < people; p++)
          scores.set(table[item[start[p] ?? 0] ?? 0] ?? [], p * items)
      },
    }),
  }
}

const TABLE = fc.integer({ min: 1, max: 12 }).chain((items) =>
  fc.array(fc.array(fc.integer({ min: -3, max: 3 }), { minLength: items, maxLength: items }), {
    minLength: 1,
    maxLength: items,
  }),
)

test('lists are the sorted scores without what is left out, cut at n', () => {
  const { property, assert } = fc
  assert(
    property(TABLE, fc.integer({ min: 1, max: 15 }), fc.boolean(), (table, n, batched) => {
      const lists = table.map((_, p) => [p])
      const histories = historiesOf(table[0]?.length ?? 0, lists)
      const { ids, scores } = recommend(tabled(table, batched), histories, {
        n,
        exclude: 'history',
      })
      table.forEach((row, p) => {
        const expected = row
          .map((score, id) => ({ id, score }))
          .filter(({ id }) => id !== p)
          .sort((a, b) => b.score - a.score || a.id - b.id)
          .slice(0, n)
        const found = [...ids.subarray(p * n, (p + 1) * n)]
        expect(found.filter((id) => id >= 0)).toEqual(expected.map(({ id }) => id))
        expect(found.slice(expected.length).every((id) => id === -1)).toBe(true)
        expect([...scores.subarray(p * n, p * n + expected.length)]).toEqual(
          expected.map(({ score }) => score),
        )
      })
    }),
  )
})

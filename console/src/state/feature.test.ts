import { describe, expect, it } from 'vitest'
import { sortFeatures } from './feature.ts'

describe('sortFeatures', () => {
  it('parts rankings from single values and leaves out empty rankings', () => {
    const tea = [{ key: 'Tea', weight: 1 }]
    expect(sortFeatures({ views_7d: 3, top_categories: tea, top_brands: [], tags: ['a'] })).toEqual(
      {
        rankings: [['top_categories', tea]],
        plain: [
          ['views_7d', 3],
          ['tags', ['a']],
        ],
      },
    )
  })

  it('takes nothing for a ranking that only looks like one', () => {
    expect(sortFeatures({ a: [null], b: [{ key: 'x' }] }).rankings).toEqual([])
  })
})

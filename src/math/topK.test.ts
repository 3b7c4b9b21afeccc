import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TopK } from './topK.ts'

describe('TopK', () => {
  it('keeps exactly what sorting everything would put in front, ties by the smaller id', () => {
    const offers = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 200 })
    fc.assert(
      fc.property(offers, fc.integer({ min: 0, max: 40 }), (scores, k) => {
        const heap = new TopK()
        heap.reset(k)
        for (const [id, score] of scores.entries()) heap.offer(id, score)
        const sorted = [...scores.entries()].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, k)
        const { ids, scores: kept } = heap.ranked()
        expect([...ids].map((id, place) => [id, kept[place]])).toEqual(sorted)
      }),
    )
  })

  it('says below which score an offer is in vain', () => {
    const heap = new TopK()
    heap.reset(2)
    heap.offer(1, 5)
    expect(heap.floor).toBe(0)
    heap.offer(2, 7)
    expect(heap.floor).toBe(5)
  })

  it('starts empty after each reset', () => {
    const heap = new TopK()
    heap.reset(3)
    heap.offer(1, 1)
    heap.reset(300)
    heap.offer(9, 2)
    expect([...heap.ranked().ids]).toEqual([9])
  })
})

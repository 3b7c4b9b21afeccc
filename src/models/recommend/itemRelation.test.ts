import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SparseScores, TopK } from '../../math/index.ts'
import { ItemRelation } from './itemRelation.ts'

const options = {
  slotLimit: 1_000_000,
  largestRow: 512,
  rowPower: 0.5,
  columnPower: 0.2,
  shrinkage: 0,
}

function neighboursOf(relation: ItemRelation, item: number, n: number): number[] {
  const heap = new TopK()
  heap.reset(n)
  relation.offerRow(item, heap)
  return [...heap.ranked().ids]
}

describe('ItemRelation', () => {
  it('finds the block of a block matrix', () => {
    const relation = new ItemRelation(options)
    for (let round = 0; round < 5; round++) {
      for (let a = 0; a < 40; a++) {
        for (let b = 0; b < 40; b++) {
          if (a !== b && Math.floor(a / 10) === Math.floor(b / 10)) relation.add(a, b, 1)
        }
        relation.add(a, (a + 11) % 40, 0.5)
      }
    }
    for (let item = 0; item < 40; item++) {
      const found = neighboursOf(relation, item, 9)
      expect(found.every((other) => Math.floor(other / 10) === Math.floor(item / 10))).toBe(true)
      expect(found).toHaveLength(9)
    }
  })

  it('finds the colour of a checkerboard', () => {
    const relation = new ItemRelation(options)
    for (let a = 0; a < 30; a++) {
      for (let b = 0; b < 30; b++) if (a !== b && (a + b) % 2 === 0) relation.addBoth(a, b, 1)
    }
    expect(neighboursOf(relation, 7, 30).every((other) => other % 2 === 1)).toBe(true)
    expect(neighboursOf(relation, 8, 30)).toHaveLength(14)
  })

  it('scores by the formula, within the step of the factor table', () => {
    const one = fc.record({
      from: fc.integer({ min: 0, max: 9 }),
      to: fc.integer({ min: 10, max: 19 }),
      weight: fc.integer({ min: 1, max: 40 }).map((n) => n / 8),
    })
    const shrunk = { ...options, columnPower: 0.5, shrinkage: 2 }
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 80 }), (all) => {
        const relation = new ItemRelation(shrunk)
        for (const { from, to, weight } of all) relation.add(from, to, weight)
        const sum = (keep: (p: (typeof all)[number]) => boolean): number =>
          all.reduce((total, p) => total + (keep(p) ? p.weight : 0), 0)
        for (const { from, to } of all) {
          const c = sum((p) => p.from === from && p.to === to)
          const row = sum((p) => p.from === from)
          const column = sum((p) => p.to === to)
          const expected = (c * c) / (c + 2) / Math.sqrt(row) / Math.sqrt(column)
          expect(Math.abs(relation.score(from, to) / expected - 1)).toBeLessThan(0.01)
        }
      }),
    )
  })

  it('adds rows up, and explains chosen items with the same numbers', () => {
    const relation = new ItemRelation(options)
    for (let k = 0; k < 200; k++) relation.add(k % 7, 7 + (k % 13), 1 + (k % 3))
    const sums = new SparseScores()
    sums.reserve(relation.items)
    relation.scoreRow(1, 0.5, 512, sums)
    relation.scoreRow(2, 0.25, 512, sums)
    const slots = new Uint8Array(relation.items)
    slots[9] = 1
    slots[12] = 2
    const parts = new Float64Array(4)
    relation.scoreChosen(1, 0.5, 512, slots, parts, 0)
    relation.scoreChosen(2, 0.25, 512, slots, parts, 2)
    expect((parts[0] ?? 0) + (parts[2] ?? 0)).toBeCloseTo(sums.get(9), 5)
    expect((parts[1] ?? 0) + (parts[3] ?? 0)).toBeCloseTo(sums.get(12), 5)
    expect(sums.get(9)).toBeCloseTo(0.5 * relation.score(1, 9) + 0.25 * relation.score(2, 9), 5)
  })
})

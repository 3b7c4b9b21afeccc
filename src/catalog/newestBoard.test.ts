import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NewestBoard } from './newestBoard.ts'

function shown(board: NewestBoard): number[] {
  const numbers: number[] = []
  board.walk((n) => numbers.push(n) > 0)
  return numbers
}

function sorted(times: ReadonlyMap<number, number>): number[] {
  return [...times].toSorted(([n, time], [m, other]) => other - time || m - n).map(([n]) => n)
}

describe('the newest board', () => {
  it('has the order of a full sort after any changes', () => {
    const change = fc.tuple(fc.integer({ min: 0, max: 40 }), fc.option(fc.nat(20)))
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
        const board = new NewestBoard()
        const times = new Map<number, number>()
        for (const [n, time] of changes) {
          const before = times.get(n)
          if (before !== undefined) board.remove(n, before)
          times.delete(n)
          if (time !== null) {
            times.set(n, time)
            board.place(n, time)
          }
        }
        expect(shown(board)).toEqual(sorted(times))
      }),
    )
  })

  it('keeps the newest 2,048 of many, in whatever order they come', () => {
    const times = new Map(Array.from({ length: 10_000 }, (_, n) => [n, (n * 7919) % 10_007]))
    const board = new NewestBoard()
    for (const [n, time] of times) board.place(n, time)
    expect(shown(board)).toEqual(sorted(times).slice(0, 2048))
    expect(board.overflow).toBe(true)
  })

  it('never shows an item before a newer one that it had to leave out', () => {
    const board = new NewestBoard()
    for (let n = 0; n < 3000; n++) board.place(n, n)
    for (let n = 2999; n >= 1500; n--) board.remove(n, n)
    expect(board.isThin).toBe(true)
    // 951 fell off; an item as old as 100 must not take its place.
    board.place(3000, 100)
    expect(shown(board)[0]).toBe(1499)
    expect(shown(board)).not.toContain(3000)
  })
})

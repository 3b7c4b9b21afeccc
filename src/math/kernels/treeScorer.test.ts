import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomInt, randomNormal, type Random, seededRandom } from '../../base/index.ts'
import { type FlatTrees, scoreOfRow, TreeScorer } from './treeScorer.ts'

/** Random trees of 1 to `leaves` leaves, of any shape, with equal, infinite and usual thresholds. */
function randomTrees(random: Random, trees: number, leaves: number, columns: number): FlatTrees {
  const column: number[] = []
  const threshold: number[] = []
  const missingLeft: number[] = []
  const left: number[] = []
  const right: number[] = []
  const value: number[] = []
  const grow = (count: number): number => {
    if (count === 1) return ~(value.push(randomNormal(random)) - 1)
    const node = column.push(randomInt(random, columns)) - 1
    threshold.push([Infinity, -Infinity, 0, randomNormal(random)][randomInt(random, 4)] as number)
    missingLeft.push(randomInt(random, 2))
    const first = 1 + randomInt(random, count - 1)
    left[node] = grow(first)
    right[node] = grow(count - first)
    return node
  }
  const root = Array.from({ length: trees }, () => grow(1 + randomInt(random, leaves)))
  return {
    columns,
    base: randomNormal(random),
    root: Int32Array.from(root),
    column: Int32Array.from(column),
    threshold: Float32Array.from(threshold),
    missingLeft: Uint8Array.from(missingLeft),
    left: Int32Array.from(left),
    right: Int32Array.from(right),
    value: Float32Array.from(value),
  }
}

function randomRows(random: Random, count: number): Float32Array {
  const special = [Number.NaN, Infinity, -Infinity, 0, -0]
  return Float32Array.from({ length: count }, () =>
    random.next() < 0.4 ? (special[randomInt(random, 5)] as number) : randomNormal(random),
  )
}

test('a block of rows gets the scores that walking down the trees gives', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1e6 }),
      fc.integer({ min: 0, max: 20 }),
      fc.integer({ min: 1, max: 32 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 0, max: 200 }),
      (seed, count, leaves, columns, rows) => {
        const random = seededRandom(seed)
        const trees = randomTrees(random, count, leaves, columns)
        const values = randomRows(random, rows * columns)
        const out = new Float32Array(rows)
        TreeScorer.of(trees)?.score(values, rows, out)
        const expected = Float32Array.from({ length: rows }, (_, row) =>
          scoreOfRow(trees, values, row * columns),
        )
        expect(out).toEqual(expected)
      },
    ),
  )
})

test('a value at the threshold goes left, a missing one where the node says', () => {
  const trees: FlatTrees = {
    columns: 1,
    base: 10,
    root: Int32Array.of(0, 1),
    column: Int32Array.of(0, 0),
    threshold: Float32Array.of(2, 2),
    missingLeft: Uint8Array.of(0, 1),
    left: Int32Array.of(~0, ~2),
    right: Int32Array.of(~1, ~3),
    value: Float32Array.of(1, 2, 4, 8),
  }
  const values = Float32Array.of(1, 2, 3, Number.NaN)
  const out = new Float32Array(4)
  TreeScorer.of(trees)?.score(values, 4, out)
  expect([...out]).toEqual([15, 15, 20, 16])
  expect([...values].map((_, row) => scoreOfRow(trees, values, row))).toEqual([15, 15, 20, 16])
})

test('trees of more than 32 leaves are left to be walked', () => {
  const random = seededRandom(1)
  let most = 0
  for (let k = 0; k < 40; k++) {
    const trees = randomTrees(random, 1, 40, 3)
    if (trees.value.length <= 32) expect(TreeScorer.of(trees)).toBeDefined()
    else expect(TreeScorer.of(trees)).toBeUndefined()
    most = Math.max(most, trees.value.length)
  }
  expect(most).toBeGreaterThan(32)
})

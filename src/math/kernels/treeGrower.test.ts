import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { randomInt, randomNormal, seededRandom } from '../../base/index.ts'
import { plainBins, plainDraw, plainTree } from './plainTree.ts'
import { findTreeBins } from './treeBins.ts'
import { type GrownTree, TreeGrower, type TreePlan } from './treeGrower.ts'

interface Case {
  readonly seed: number
  readonly rows: number
  readonly columns: number
  readonly logistic: boolean
  readonly monotone: boolean
  readonly leaves: number
  readonly minLeafRows: number
  readonly rowFraction: number
  readonly l2: number
  readonly minGain: number
  readonly minLeafHessian: number
}

const cases = fc.record<Case>({
  seed: fc.integer({ min: 0, max: 1e6 }),
  rows: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 13, max: 90 })),
  columns: fc.integer({ min: 1, max: 11 }),
  logistic: fc.boolean(),
  monotone: fc.boolean(),
  leaves: fc.integer({ min: 1, max: 9 }),
  minLeafRows: fc.integer({ min: 1, max: 12 }),
  rowFraction: fc.constantFrom(1, 0.7),
  l2: fc.constantFrom(0, 1, 5),
  minGain: fc.constantFrom(0, 0.3),
  minLeafHessian: fc.constantFrom(0, 1e-3, 2),
})

/** Columns of all sorts: continuous, few values, constant, missing here and there or throughout, infinite. */
function valueOf(kind: number, random: ReturnType<typeof seededRandom>): number {
  if (kind === 0) return randomNormal(random)
  if (kind === 1) return randomInt(random, 4) - 1
  if (kind === 2) return random.next() < 0.4 ? Number.NaN : randomNormal(random)
  if (kind === 3) return random.next() < 0.5 ? Number.NaN : 3
  if (kind === 4) return [-Infinity, -1, 0, 1e30, Infinity][randomInt(random, 5)] as number
  return kind === 5 ? 7 : Number.NaN
}

function make(c: Case, threads = 1) {
  const random = seededRandom(c.seed)
  const kinds = Array.from({ length: c.columns }, () => randomInt(random, 7))
  const values = Float32Array.from({ length: c.rows * c.columns }, (_, k) =>
    valueOf(kinds[k % c.columns] as number, random),
  )
  const bins = findTreeBins(
    values,
    c.columns,
    Int32Array.from({ length: c.rows }, (_, r) => r),
  )
  const signs = Int8Array.from(kinds, () => (c.monotone ? randomInt(random, 3) - 1 : 0))
  const shape = { rows: c.rows, leaves: c.leaves, threads, monotone: signs }
  const grower = new TreeGrower(shape, bins)
  grower.bin(values)
  for (let row = 0; row < c.rows; row++) {
    const label = values[row * c.columns] as number
    const noisy = (label > 0 ? 1 : 0) + 0.5 * randomNormal(random)
    grower.labels[row] = c.logistic ? Number(noisy > 0.5) : noisy
    grower.weights[row] = [0, 0.5, 1, 1, 3][randomInt(random, 5)] as number
  }
  const columns = Int32Array.from(kinds.keys()).filter((k) => k === 0 || random.next() < 0.8)
  const plan: TreePlan = { ...c, learningRate: 0.5, columns }
  return { grower, plan, bins, signs, binned: () => plainBins(bins, values) }
}

/** The value of the leaf in which a row ends. */
function valueAt(tree: GrownTree, binned: Uint8Array): number {
  let node = tree.column.length > 0 ? 0 : -1
  while (node >= 0) {
    const bin = binned[tree.column[node] as number] as number
    const left = bin === 0 ? tree.missingLeft[node] === 1 : bin <= (tree.bin[node] as number)
    node = (left ? tree.left[node] : tree.right[node]) as number
  }
  return tree.value[~node] as number
}

describe('a tree grown by histograms', () => {
  test('is the one that trying every split finds, tree after tree', () => {
    fc.assert(
      fc.property(cases, (c) => {
        const { grower, plan, bins, signs, ...made } = make(c)
        const binned = made.binned()
        for (let tree = 0; tree < 3; tree++) {
          expect(grower.prepare(c.logistic)).toBe(true)
          const { values: gradients, gradientUnit, hessianUnit } = grower.gradients
          const data = { weights: grower.weights, bins, binned, gradients }
          const units = { gradientUnit, hessianUnit, monotone: signs }
          const expected = plainTree({ ...plan, seed: tree }, { ...data, ...units })
          const before = grower.scores.slice()
          const grown = grower.grow({ ...plan, seed: tree })
          expect(grown).toEqual(expected)
          grower.scores.forEach((score, row) => {
            const value = valueAt(grown, binned.subarray(row * c.columns))
            expect(score).toBe(Math.fround((before[row] as number) + value))
          })
        }
      }),
      { numRuns: 300 },
    )
  })

  test('has at least the fewest rows in every leaf, of those drawn', () => {
    fc.assert(
      fc.property(cases, (c) => {
        const { grower, plan, ...made } = make({ ...c, minLeafHessian: 0 })
        const binned = made.binned()
        grower.prepare(c.logistic)
        const grown = grower.grow(plan)
        if (grown.column.length === 0) return
        const counts = new Map<number, number>()
        const numbered = { ...grown, value: Float32Array.from(grown.value.keys()) }
        for (const row of plainDraw(plan, grower.weights)) {
          const leaf = valueAt(numbered, binned.subarray(row * c.columns))
          counts.set(leaf, (counts.get(leaf) ?? 0) + 1)
        }
        expect(counts.size).toBe(grown.value.length)
        expect(Math.min(...counts.values())).toBeGreaterThanOrEqual(c.minLeafRows)
      }),
    )
  })
})

describe('gradients', () => {
  test.each([true, false])('are those of the loss (logistic: %s)', (logistic) => {
    const random = seededRandom(3)
    const rows = 1_001
    const values = Float32Array.from({ length: rows }, () => random.next())
    const bins = findTreeBins(values, 1, Int32Array.from(values.keys()))
    const grower = new TreeGrower({ rows, leaves: 2, threads: 1 }, bins)
    for (let row = 0; row < rows; row++) {
      grower.scores[row] = 6 * randomNormal(random)
      grower.labels[row] = random.next()
      grower.weights[row] = randomInt(random, 3)
    }
    grower.scores.set([200, -200, 0])
    grower.prepare(logistic)
    const { values: rounded, gradientUnit, hessianUnit } = grower.gradients
    for (let row = 0; row < rows; row++) {
      const weight = grower.weights[row] as number
      const score = grower.scores[row] as number
      const p = logistic ? 1 / (1 + Math.exp(-score)) : score
      const g = weight * (p - (grower.labels[row] as number))
      const h = logistic ? weight * p * (1 - p) : weight
      const most = logistic ? 3e-7 : 3e-6
      expect(Math.abs((rounded[2 * row] as number) * gradientUnit - g)).toBeLessThan(most)
      expect(Math.abs((rounded[2 * row + 1] as number) * hessianUnit - h)).toBeLessThan(most)
    }
  })
})

test('threads change nothing', () => {
  const c: Case = {
    seed: 5,
    rows: 25_000,
    columns: 9,
    logistic: true,
    monotone: false,
    leaves: 12,
    minLeafRows: 50,
    rowFraction: 0.8,
    l2: 1,
    minGain: 0,
    minLeafHessian: 0,
  }
  const [alone, team] = [make(c), make(c, 3)]
  for (let tree = 0; tree < 3; tree++) {
    const grown = [alone, team].map(({ grower, plan }) => {
      grower.prepare(true)
      return grower.grow(plan)
    })
    expect(grown[0]?.column.length).toBe(11)
    expect(grown[1]).toEqual(grown[0])
  }
  expect(team.grower.scores).toEqual(alone.grower.scores)
  team.grower.close()
})

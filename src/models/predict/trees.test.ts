import { describe, expect, test } from 'vitest'
import { randomInt, randomNormal, seededRandom } from '../../base/index.ts'
import { bytesOf } from '../recommend/savedState.ts'
import { fitTrees, loadTrees, type TreeParameters, type TreeTable } from './trees.ts'

const SMALL = { trees: 40, learningRate: 0.1, minLeafRows: 5 } as const
const fit = (table: TreeTable, parameters: Partial<TreeParameters> = {}, seed = 1, threads = 1) =>
  fitTrees(table, { ...SMALL, ...parameters }, { seed, threads })

/** Label 1 where two columns together say so, mostly; a third is sometimes missing, and with two more says nothing. */
function twoTogether(rows: number, seed = 1, right = 0.9): TreeTable {
  const random = seededRandom(seed)
  const values = new Float32Array(rows * 5)
  const label = new Float32Array(rows)
  for (let row = 0; row < rows; row++) {
    const [a, b] = [randomNormal(random), randomInt(random, 6)]
    const hint = random.next() < 0.3 ? Number.NaN : randomNormal(random)
    values.set([a, b, hint, randomNormal(random), 7], row * 5)
    label[row] = Number((a > 0.3 && b < 3) === random.next() < right)
  }
  return { rows, columns: 5, values, label }
}

function logLoss(predictions: Float32Array, { label, weight, rows }: TreeTable): number {
  let sum = 0
  let total = 0
  for (let row = 0; row < rows; row++) {
    const p = label[row] === 1 ? (predictions[row] ?? 0) : 1 - (predictions[row] ?? 0)
    sum -= (weight?.[row] ?? 1) * Math.log(p)
    total += weight?.[row] ?? 1
  }
  return sum / total
}

const entropy = (p: number): number => -p * Math.log(p) - (1 - p) * Math.log(1 - p)

describe('boosted trees', () => {
  test('learn an interaction nearly to the loss of chance alone', () => {
    const trees = fit(twoTogether(8_000), { trees: 80, minLeafRows: 100 })
    const unseen = twoTogether(8_000, 2)
    expect(logLoss(trees.predictions(unseen.values), unseen)).toBeLessThan(1.08 * entropy(0.9))
    const [a = 0, b = 0, ...noise] = trees.importance
    expect(Math.min(a, b)).toBeGreaterThan(5 * Math.max(...noise))
    expect(noise[2]).toBe(0)
  })

  test('learn a curve by squared error, whatever its height', () => {
    for (const height of [0, 1e6]) {
      const random = seededRandom(4)
      const values = Float32Array.from({ length: 4_000 }, () => 6 * random.next())
      const label = values.map((x) => height + Math.sin(x) * 10)
      const table = { rows: 4_000, columns: 1, values, label }
      const trees = fit(table, { objective: 'squared-error', trees: 100, l2: 0 })
      const most = Math.max(
        ...values.map((x) =>
          Math.abs(trees.predict(Float32Array.of(x)) - height - Math.sin(x) * 10),
        ),
      )
      expect(most).toBeLessThan(1)
    }
  })

  test('give one row the score that it has among many', () => {
    const table = twoTogether(300)
    for (const leaves of [15, 60]) {
      const trees = fit(table, { leaves })
      const scores = trees.scores(table.values)
      scores.forEach((score, row) => {
        expect(score).toBe(Math.fround(trees.score(table.values, 5 * row)))
      })
      const predicted = trees.predictions(table.values)
      expect(predicted[7]).toBeCloseTo(trees.predict(table.values, 35), 6)
      expect(predicted[7]).toBeCloseTo(1 / (1 + Math.exp(-(scores[7] ?? 0))), 6)
    }
  })

  test('learn from the absence of a value', () => {
    const random = seededRandom(8)
    const values = Float32Array.from({ length: 2_000 }, () =>
      random.next() < 0.5 ? Number.NaN : randomNormal(random),
    )
    const label = values.map((x) => Number(Number.isNaN(x) || x > 1))
    const trees = fit({ rows: 2_000, columns: 1, values, label })
    const [missing = 0, high = 0, low = 0] = trees.predictions(Float32Array.of(Number.NaN, 2, 0))
    expect(Math.min(missing, high)).toBeGreaterThan(0.9)
    expect(low).toBeLessThan(0.1)
  })

  test('count a row of weight 3 as three rows, and one of weight 0 not at all', () => {
    // So few rows that each value has a bin of its own in both tables.
    const table = twoTogether(300)
    const weight = Float32Array.from({ length: 300 }, (_, row) => [0, 1, 3][row % 3] as number)
    const rows = [...weight.keys()].flatMap((row) => Array<number>(weight[row] ?? 0).fill(row))
    const repeated = {
      rows: rows.length,
      columns: 5,
      values: Float32Array.from(
        rows.flatMap((row) => [...table.values.subarray(5 * row, 5 * row + 5)]),
      ),
      label: Float32Array.from(rows, (row) => table.label[row] as number),
    }
    const exact = { rowFraction: 1, featureFraction: 1, minLeafRows: 1, minLeafHessian: 2 }
    const weighted = fit({ ...table, weight }, exact).scores(table.values)
    const plain = fit(repeated, exact).scores(table.values)
    weighted.forEach((score, row) => expect(score).toBeCloseTo(plain[row] ?? 0, 3))
  })

  test('are the same from the same seed, with any number of threads, and others from another', () => {
    const table = twoTogether(20_000)
    const scores = (seed: number, threads = 1) =>
      fit(table, { trees: 5 }, seed, threads).scores(table.values)
    expect(scores(1)).toEqual(scores(1))
    expect(scores(1, 2)).toEqual(scores(1))
    expect(scores(2)).not.toEqual(scores(1))
  })
})

describe('monotone columns', () => {
  test.each([1, -1])('bind the score in direction %s, against the data', (sign) => {
    const random = seededRandom(9)
    const rows = 3_000
    const values = Float32Array.from({ length: rows * 3 }, () => randomNormal(random))
    const label = Float32Array.from({ length: rows }, (_, row) => {
      const [a = 0, b = 0, c = 0] = values.subarray(3 * row, 3 * row + 3)
      return Number(Math.sin(3 * a) + b * c + 0.3 * a > 0)
    })
    const monotone = [sign, 0, 0]
    const trees = fit({ rows, columns: 3, values, label }, { monotone, leaves: 31, trees: 60 })
    let moved = 0
    for (let k = 0; k < 200; k++) {
      const row = Float32Array.of(-4, randomNormal(random), randomNormal(random))
      let last = -Infinity
      for (let a = -4; a <= 4; a += 0.05) {
        row[0] = a
        const score = sign * trees.score(row)
        expect(score).toBeGreaterThanOrEqual(last)
        if (score > last) moved++
        last = score
      }
    }
    expect(moved).toBeGreaterThan(200)
  })
})

describe('stopping early', () => {
  test('keeps the trees that served the rows held back best', () => {
    const table = twoTogether(1_000, 1, 0.7)
    const eager = { trees: 400, learningRate: 0.3, earlyStopping: 10, validation: 0.3 }
    const held = Uint8Array.from({ length: 1_000 }, (_, row) => Number(row % 3 === 0))
    const trees = fit({ ...table, held }, eager)
    expect(trees.trees).toBeGreaterThan(2)
    expect(trees.trees).toBeLessThan(100)
    const lossOf = (count: number): number => {
      const first = fit({ ...table, held }, { ...eager, trees: count, earlyStopping: 0 })
      const weight = Float32Array.from(held)
      return logLoss(first.predictions(table.values), { ...table, weight })
    }
    const best = lossOf(trees.trees)
    for (const count of [1, trees.trees - 1, trees.trees + 1, trees.trees + 10]) {
      expect(lossOf(count)).toBeGreaterThan(best)
    }
  })

  test('learns nothing from the rows that are held back', () => {
    const table = twoTogether(500)
    const held = Uint8Array.from({ length: 500 }, (_, row) => Number(row >= 300))
    const other = { ...table, held, label: table.label.map((y, row) => (row >= 300 ? 1 - y : y)) }
    const scores = fit({ ...table, held }).scores(table.values)
    expect(fit(other).scores(table.values)).toEqual(scores)
  })

  test('holds back whole groups', () => {
    // Every group has a label of its own that only its name tells: only other rows of the group could help.
    const random = seededRandom(3)
    const group = Int32Array.from({ length: 2_000 }, (_, row) => Math.floor(row / 20))
    const labels = Array.from({ length: 100 }, () => randomInt(random, 2))
    const label = Float32Array.from(group, (g) => labels[g] as number)
    const table = { rows: 2_000, columns: 1, values: Float32Array.from(group), label }
    const parameters = { earlyStopping: 5, trees: 60, minLeafRows: 1, l2: 0.1, validation: 0.3 }
    expect(fit(table, parameters).trees).toBe(60)
    expect(fit({ ...table, group }, parameters).trees).toBeLessThan(30)
  })
})

describe('small and odd tables', () => {
  const one = (label: number): TreeTable => ({
    rows: 1,
    columns: 2,
    values: Float32Array.of(1, Number.NaN),
    label: Float32Array.of(label),
  })
  test.each<[string, TreeTable, number]>([
    [
      'no rows',
      { rows: 0, columns: 2, values: new Float32Array(0), label: new Float32Array(0) },
      0.5,
    ],
    [
      'no columns',
      { rows: 2, columns: 0, values: new Float32Array(0), label: Float32Array.of(0.5, 0.5) },
      0.5,
    ],
    ['one row', one(1), 1],
    ['one row of label 0', one(0), 0],
    ['all labels the same', { ...twoTogether(50), label: new Float32Array(50) }, 0],
    ['no weight at all', { ...twoTogether(50), weight: new Float32Array(50) }, 0.5],
    [
      'all values missing',
      {
        ...twoTogether(50),
        values: new Float32Array(250).fill(Number.NaN),
        label: new Float32Array(50).fill(0.25),
      },
      0.25,
    ],
    [
      'everything held back',
      { ...twoTogether(50), label: new Float32Array(50).fill(1), held: new Uint8Array(50).fill(1) },
      1,
    ],
  ])('give the mean on %s', (_, table, mean) => {
    const trees = fit(table, { earlyStopping: 3, validation: 0.5 })
    expect(trees.predict(new Float32Array(table.columns))).toBeCloseTo(mean, 5)
    expect([...trees.predictions(new Float32Array(3 * table.columns), 3)]).toHaveLength(3)
  })

  test.each<[string, Partial<TreeTable>, string]>([
    ['a label that is NaN', { label: Float32Array.of(0, 1, Number.NaN) }, 'row 2'],
    ['an infinite label', { label: Float32Array.of(Infinity, 1, 0) }, 'row 0'],
    ['a label that is no probability', { label: Float32Array.of(0, 2, 0) }, 'row 1'],
    ['a negative weight', { weight: Float32Array.of(1, -1, 1) }, 'row 1'],
    ['a weight that is NaN', { weight: Float32Array.of(Number.NaN, 1, 1) }, 'row 0'],
    ['too few labels', { label: Float32Array.of(0, 1) }, '2 entries, not 3'],
    ['too many values', { values: new Float32Array(7) }, '7 entries, not 6'],
  ])('refuse %s', (_, part, message) => {
    const table = { rows: 3, columns: 2, values: new Float32Array(6), label: new Float32Array(3) }
    const refused = { code: 'MODELS_BAD_DATA', message: expect.stringContaining(message) as string }
    expect(() => fit({ ...table, ...part })).toThrow(expect.objectContaining(refused))
  })

  test('refuse what single precision cannot hold', () => {
    const label = Float32Array.of(-3e38, 3e38)
    const table = { rows: 2, columns: 1, values: Float32Array.of(1, 2), label }
    const weight = Float32Array.of(3e38, 3e38)
    expect(() => fit({ ...table, weight }, { objective: 'squared-error' })).toThrow(
      expect.objectContaining({ code: 'MODELS_BAD_DATA' }),
    )
  })

  test.each([
    [{ leaves: 1 }, 'leaves'],
    [{ trees: 2.5 }, 'trees'],
    [{ learningRate: Number.NaN }, 'learningRate'],
    [{ rowFraction: 0 }, 'rowFraction'],
    [{ monotone: [2, 0, 0, 0, 0] }, 'monotone'],
    [{ lambda: 1 }, 'lambda'],
    [{ objective: 'poisson' }, 'objective'],
  ])('refuse the parameters %o', (parameters, name) => {
    const refused = {
      code: 'MODELS_BAD_PARAMETER',
      message: expect.stringContaining(name) as string,
    }
    expect(() => fit(twoTogether(20), parameters as Partial<TreeParameters>)).toThrow(
      expect.objectContaining(refused),
    )
  })

  test('refuse to take more memory than allowed', () => {
    const context = { seed: 1, threads: 1, memoryLimit: 1_000 }
    expect(() => fitTrees(twoTogether(20), {}, context)).toThrow(
      expect.objectContaining({ code: 'MODELS_TOO_LARGE' }),
    )
  })

  test('say how far they are', () => {
    const seen: number[] = []
    const progress = (done: number): number => seen.push(done)
    fitTrees(twoTogether(100), { trees: 4 }, { seed: 1, threads: 1, progress })
    expect(seen).toEqual([0.25, 0.5, 0.75, 1])
  })
})

describe('saved trees', () => {
  const table = twoTogether(500)
  const trees = fit(table)
  const sections = trees.save().map(({ bytes }) => bytes.slice())

  test('answer as before', () => {
    const loaded = loadTrees(sections)
    expect(loaded.scores(table.values)).toEqual(trees.scores(table.values))
    expect(loaded.predict(table.values, 10)).toBe(trees.predict(table.values, 10))
    expect(loaded.importance).toEqual(trees.importance)
  })

  test.each<[string, (copy: Uint8Array[]) => unknown]>([
    ['are of another format', (copy) => (copy[0] = bytesOf(Float64Array.of(2, 5, 0, 0)))],
    ['lack a section', (copy) => copy.pop()],
    ['name a column that is not there', (copy) => copy[2]?.fill(9)],
    ['have a node that leads to itself', (copy) => copy[5]?.fill(0, 0, 4)],
    ['lead to a leaf that is not there', (copy) => copy[6]?.fill(200, 0, 3)],
    ['have thresholds missing', (copy) => (copy[3] = new Uint8Array(4))],
  ])('are refused where they %s', (_, spoil) => {
    const copy = sections.map((section) => section.slice())
    spoil(copy)
    expect(() => loadTrees(copy)).toThrow(expect.objectContaining({ code: 'MODELS_CORRUPT_STATE' }))
  })
})

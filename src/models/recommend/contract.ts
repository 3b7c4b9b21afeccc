import { describe, expect, test } from 'vitest'
import { randomInt, seededRandom } from '../../base/index.ts'
import { type Histories, type History, historyOf, onePerson } from './histories.ts'
import { decodeModel, encodeModel } from './modelFile.ts'
import { recommend } from './rank.ts'
import type { Parameters, Recommender, RecommenderKind, TrainingData } from './recommender.ts'
import { parametersOf } from './recommenders.ts'

export interface ContractOptions {
  /** False for a recommender whose answer is the same for everybody. */
  readonly personal?: boolean
  /** False where the parts of a score are losses, which need not sum to it. */
  readonly additive?: boolean
  /** False where what somebody already has may lead the list, as in baskets. */
  readonly discovers?: boolean
  /** Parameters that suit data as small as these. */
  readonly parameters?: Readonly<Record<string, number | string | boolean>>
}

const GROUP = 10
const GROUPS = 3
const PEOPLE = 60

/** Lists of events as histories; two events of a person in a row share a basket, a day lies between events. */
export function historiesOf(items: number, lists: readonly (readonly number[])[]): Histories {
  const start = new Uint32Array(lists.length + 1)
  lists.forEach((list, p) => (start[p + 1] = (start[p] ?? 0) + list.length))
  const numbered = lists.flatMap((list) => list.map((_, k) => k))
  return {
    people: lists.length,
    items,
    start,
    item: Int32Array.from(lists.flat()),
    basket: Int32Array.from(numbered, (k) => k >> 1),
    time: Float64Array.from(numbered),
  }
}

/** People of group g had 7 of the 10 items of group g, in a random order: the right answer is the other 3. */
function blocks(): TrainingData {
  const random = seededRandom(7)
  const lists = Array.from({ length: PEOPLE }, (_, p) => {
    const left = Array.from({ length: GROUP }, (__, k) => (p % GROUPS) * GROUP + k)
    return Array.from(
      { length: 7 },
      () => left.splice(randomInt(random, left.length), 1)[0] as number,
    )
  })
  const items = GROUP * GROUPS
  return {
    histories: historiesOf(items, lists),
    attributes: {
      values: GROUPS,
      start: Uint32Array.from({ length: items + 1 }, (_, i) => i),
      index: Int32Array.from({ length: items }, (_, i) => Math.floor(i / GROUP)),
    },
  }
}

function historyWith(...items: readonly number[]): History {
  return historyOf(historiesOf(GROUP * GROUPS, [items]), 0)
}

const groupOf = (item: number): number => Math.floor(item / GROUP)

/** What every recommender promises, whatever its method. One line in the test of each. */
export function testRecommender(kind: RecommenderKind, options: ContractOptions = {}): void {
  const parameters: Parameters = parametersOf(kind, options.parameters ?? {})
  const fit = (data: TrainingData, seed = 1): Promise<Recommender> =>
    kind.fit(data, parameters, { seed, threads: 1 })
  const scoresOf = (model: Recommender, history: History): Float32Array => {
    const scores = new Float32Array(model.items).fill(Number.NaN)
    model.score(history, scores)
    return scores
  }

  describe(`${kind.name}: what every recommender promises`, () => {
    if (options.personal !== false) {
      testTaste(fit, options.discovers !== false)
    }

    test('answers an empty history, a repeated item and items it does not know', async () => {
      const model = await fit(blocks())
      for (const items of [[], [3, 3, 3], [999], [4, 999, 5], [2 ** 30]]) {
        expect([...scoresOf(model, historyWith(...items))].every(Number.isFinite)).toBe(true)
      }
    })

    test('keeps to the candidates and leaves out what it is told', async () => {
      const model = await fit(blocks())
      const only = Int32Array.of(1, 2, 3, 25)
      const { ids } = recommend(model, onePerson(historyWith(1, 0), 30), {
        n: 4,
        exclude: 'history',
        only,
      })
      expect([...ids].sort((a, b) => a - b)).toEqual([-1, 2, 3, 25])
    })

    test('is the same from the same seed', async () => {
      const [a, b] = await Promise.all([fit(blocks()), fit(blocks())])
      const history = historyWith(11, 12, 13)
      expect(scoresOf(a, history)).toEqual(scoresOf(b, history))
    })

    test('gives a block of people what it gives each of them', async () => {
      const model = await fit(blocks())
      const histories = historiesOf(30, [[1, 2, 3], [], [20, 21], [5, 15, 25, 5]])
      const together = new Float32Array(4 * model.items)
      if (model.scoreAll === undefined) return
      model.scoreAll(histories, together)
      for (let p = 0; p < 4; p++) {
        const alone = scoresOf(model, historyOf(histories, p))
        const row = together.subarray(p * model.items, (p + 1) * model.items)
        alone.forEach((score, i) => expect(row[i]).toBeCloseTo(score, 4))
      }
    })

    test('scores some items as it does among all', async () => {
      const model = await fit(blocks())
      if (model.scoreItems === undefined) return
      const items = Int32Array.of(29, 3, 3, 14)
      for (const history of [historyWith(1, 2, 13), historyWith(4), historyWith()]) {
        const all = scoresOf(model, history)
        const some = new Float32Array(4).fill(Number.NaN)
        model.scoreItems(history, items, some)
        items.forEach((item, n) => expect(some[n]).toBeCloseTo(all[item] ?? Number.NaN, 4))
      }
    })

    test('says what a score is made of', async () => {
      const model = await fit(blocks())
      for (const history of [historyWith(1, 2, 3, 4), historyWith(12, 15, 22)]) {
        const scores = scoresOf(model, history)
        for (const item of [0, 5, 14, 29]) {
          const parts = model.parts(history, item)
          expect(parts.every(({ score }) => Number.isFinite(score))).toBe(true)
          expect(parts.every((part) => part.item === -1 || history.item.includes(part.item))).toBe(
            true,
          )
          if (options.additive === false) continue
          const sum = parts.reduce((total, { score }) => total + score, 0)
          expect(Math.abs(sum - (scores[item] ?? 0))).toBeLessThan(
            1e-4 + 1e-3 * Math.abs(scores[item] ?? 0),
          )
        }
      }
    })

    testSaving(fit, parameters, scoresOf)
    testSmallData(fit, scoresOf)
  })
}

function testTaste(fit: (data: TrainingData) => Promise<Recommender>, discovers: boolean): void {
  test('finds the taste of the people it was fitted on', async () => {
    const data = blocks()
    const { ids } = recommend(await fit(data), data.histories, { n: 3, exclude: 'history' })
    const right = [...ids].filter((item, k) => groupOf(item) === Math.floor(k / 3) % GROUPS)
    expect(right.length).toBeGreaterThanOrEqual(0.95 * ids.length)
  })

  test('finds the taste of a person who came later', async () => {
    const model = await fit(blocks())
    const exclude = discovers ? ('history' as const) : undefined
    for (const items of [
      [0, 4, 7, 2],
      [13, 19, 16, 11],
      [25, 21, 24, 29],
    ]) {
      const { ids } = recommend(model, onePerson(historyWith(...items), 30), {
        n: 3,
        ...(exclude && { exclude }),
      })
      expect([...ids].map(groupOf)).toEqual(Array.from({ length: 3 }, () => groupOf(items[0] ?? 0)))
    }
  })
}

function testSaving(
  fit: (data: TrainingData) => Promise<Recommender>,
  parameters: Parameters,
  scoresOf: (model: Recommender, history: History) => Float32Array,
): void {
  test('answers after saving and loading as before', async () => {
    const model = await fit(blocks())
    const loaded = decodeModel(encodeModel(model, parameters))
    expect(loaded.parameters).toEqual(parameters)
    for (const items of [[], [1, 2, 3], [18, 11, 3, 3]]) {
      const history = historyWith(...items)
      expect(scoresOf(loaded.recommender, history)).toEqual(scoresOf(model, history))
      expect(loaded.recommender.parts(history, 5)).toEqual(model.parts(history, 5))
    }
  })

  test('refuses a saved form that was changed or cut', async () => {
    const file = encodeModel(await fit(blocks()), parameters)
    const changed = file.slice()
    const middle = file.length >> 1
    changed[middle] = (changed[middle] ?? 0) ^ 1
    const refused = expect.objectContaining({ code: 'MODELS_CORRUPT_STATE' })
    for (const bytes of [changed, file.subarray(0, file.length - 9), new Uint8Array(3)]) {
      expect(() => decodeModel(bytes)).toThrow(refused)
    }
  })
}

function testSmallData(
  fit: (data: TrainingData) => Promise<Recommender>,
  scoresOf: (model: Recommender, history: History) => Float32Array,
): void {
  test.each([
    ['nobody', 3, []],
    ['nobody and nothing', 0, []],
    ['one person without events', 3, [[]]],
    ['one person with one item', 1, [[0]]],
    ['everybody with the same item', 2, [[1], [1], [1]]],
    ['one item again and again', 2, [[0, 0, 0, 0, 0, 0]]],
    ['one person with everything', 4, [[0, 1, 2, 3]]],
  ] as const)('fits on %s', async (_, items, lists) => {
    const model = await fit({ histories: historiesOf(items, lists) })
    expect(model.items).toBe(items)
    for (const list of [[], [0], [...Array(items).keys()]]) {
      const history = historyOf(historiesOf(Math.max(1, items), [list]), 0)
      expect([...scoresOf(model, history)].every(Number.isFinite)).toBe(true)
    }
  })

  test('fits on weights from very small to very large', async () => {
    const data = blocks()
    const { item } = data.histories
    const weight = Float32Array.from(item, (_, e) => [1e-6, 1, 1e6][e % 3] as number)
    const model = await fit({ ...data, histories: { ...data.histories, weight } })
    expect([...scoresOf(model, historyWith(1, 2))].every(Number.isFinite)).toBe(true)
  })
}

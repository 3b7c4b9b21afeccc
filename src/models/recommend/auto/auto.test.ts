import { describe, expect, test } from 'vitest'
import { randomInt, seededRandom } from '../../../base/index.ts'
import type { Questions } from '../../evaluate/questions.ts'
import { historiesOf, testRecommender } from '../contract.ts'
import { historyOf } from '../histories.ts'
import { decodeModel, encodeModel } from '../modelFile.ts'
import { recommend } from '../rank.ts'
import type { FitContext, Recommender, RecommenderKind, TrainingData } from '../recommender.ts'
import { recommenderKind } from '../recommenders.ts'
import { automatic, membersInJson } from './automatic.ts'
import type { AutoModel } from './autoModel.ts'
import { blended, climbWeights, meanOf, ndcgOfRows } from './blend.ts'
import { pairedGain } from '../../evaluate/pairedGain.ts'
import { candidateRows } from './candidateRows.ts'
import { type AutoReport, fitAuto } from './fitAuto.ts'
import { Judge } from './judge.ts'
import { selectQuestions } from './members.ts'
import { teachingCut } from './teachingCut.ts'

const CONTEXT: FitContext = { seed: 3, threads: 1 }

/** Asks for the last event of everybody with the events before it; the data are without it. */
function lastEvents(data: TrainingData): { data: TrainingData; questions: Questions } {
  const { histories } = data
  const { people, items, start, item } = histories
  const asked = Array.from({ length: people }, (_, p) => p).filter(
    (p) => (start[p + 1] as number) - (start[p] as number) > 1,
  )
  const lists = Array.from({ length: people }, (_, p) => [
    ...item.subarray(start[p], (start[p + 1] as number) - 1),
  ])
  return {
    data: {
      ...data,
      histories: {
        ...historiesOf(items, lists),
        ...(histories.traits && { traits: histories.traits }),
      },
    },
    questions: {
      count: asked.length,
      events: histories,
      from: Uint32Array.from(asked, (p) => start[p] as number),
      to: Uint32Array.from(asked, (p) => (start[p + 1] as number) - 1),
      relevant: {
        start: Uint32Array.from({ length: asked.length + 1 }, (_, q) => q),
        item: Int32Array.from(asked, (p) => item[(start[p + 1] as number) - 1] as number),
      },
      one: true,
      candidates: items,
      masked: true,
      who: Int32Array.from(asked),
    },
  }
}

async function fitted(
  data: TrainingData,
  kinds: readonly string[],
): Promise<{ model: AutoModel; report: AutoReport; lines: readonly string[] }> {
  const lines: string[] = []
  const { model, report } = await fitAuto(data, {
    kinds: kinds.map(recommenderKind),
    select: lastEvents(data),
    k: 5,
    context: CONTEXT,
    say: (line) => lines.push(line),
  })
  return { model, report, lines }
}

testRecommender(automatic)

test('takes members that were chosen before, and refuses what is no list of them', async () => {
  const members = '[{"name":"transitions","parameters":{"window":2}}]'
  const model = (await automatic.fit(walks(100), { members }, CONTEXT)) as AutoModel
  expect(JSON.parse(membersInJson(model))).toEqual([
    { name: 'transitions', parameters: { ...recommenderKind('transitions').defaults, window: 2 } },
  ])
  for (const wrong of ['{', '{}', '[1]', '[{"name":"transitions","parameters":{"window":-1}}]']) {
    const fit = automatic.fit(walks(100), { members: wrong }, CONTEXT)
    await expect(fit).rejects.toMatchObject({ code: 'MODELS_BAD_PARAMETER' })
  }
})

/**
 * People walk on a ring of 40 items by steps of 1; some of them begin anew at random. What comes next is decided by
 * the last item alone, what is near by all of them.
 */
function walks(people: number, seed = 11): TrainingData {
  const random = seededRandom(seed)
  const lists = Array.from({ length: people }, () => {
    let at = randomInt(random, 40)
    return Array.from({ length: 12 }, () => {
      at = random.next() < 0.15 ? randomInt(random, 40) : (at + 1) % 40
      return at
    })
  })
  return { histories: historiesOf(40, lists) }
}

describe('the automatic model', () => {
  test('asks the member that knows the order, and says what each step was worth', async () => {
    const { model, report } = await fitted(walks(800), ['popularity', 'item-knn', 'transitions'])
    expect(report.blend['transitions']).toBeGreaterThan(0)
    expect(report.steps.map(({ step }) => step)).toEqual(['best member', 'blend', 'ranker'])
    expect(report.steps[0]).toMatchObject({ kept: true, gain: 0 })
    for (const { gain, error, kept } of report.steps.slice(1)) expect(kept).toBe(gain > error)
    const ask = historiesOf(40, [[3, 4, 5, 6, 7]])
    expect(recommend(model, ask, { n: 1, exclude: 'history' }).ids[0]).toBe(8)
  })

  test('passes over a kind that fails, and goes on', async () => {
    const failing: RecommenderKind = {
      ...recommenderKind('popularity'),
      name: 'broken',
      fit: () => Promise.resolve(decodeModel(new Uint8Array(9)).recommender),
    }
    const data = walks(100)
    const lines: string[] = []
    const { report } = await fitAuto(data, {
      kinds: [failing, recommenderKind('transitions')],
      select: lastEvents(data),
      k: 5,
      context: CONTEXT,
      say: (line) => lines.push(line),
    })
    expect(lines.join('\n')).toMatch(/broken.*passed over/)
    expect(Object.keys(report.blend)).toEqual(['transitions'])
  })

  test('with a ranker it answers after saving and loading as before', async () => {
    const data = walks(1_500)
    const { model, report } = await fitted(data, ['popularity', 'item-knn', 'transitions'])
    expect(report.steps[2]).toMatchObject({ step: 'ranker', kept: true })
    const { recommender } = decodeModel(encodeModel(model, {}))
    for (let p = 0; p < 5; p++) {
      const [a, b] = [new Float32Array(40), new Float32Array(40)]
      model.score(historyOf(data.histories, p), a)
      recommender.score(historyOf(data.histories, p), b)
      expect(b).toEqual(a)
    }
  })

  test('refuses when nothing could be fitted', async () => {
    await expect(fitted(walks(20), [])).rejects.toMatchObject({ code: 'MODELS_NONE_FITTED' })
  })
})

/**
 * People choose at random among 20 items of 40: those of trait 0 among the even ones, those of trait 1 among the odd.
 * Their first item is any.
 */
function twoKinds(people: number): TrainingData {
  const random = seededRandom(12)
  const lists = Array.from({ length: people }, (_, p) => {
    const any = randomInt(random, 40)
    return [any, ...Array.from({ length: 2 }, () => 2 * randomInt(random, 20) + (p % 2))]
  })
  const histories = historiesOf(40, lists)
  const { basket: _, time: __, ...ordered } = histories
  return {
    histories: {
      ...ordered,
      traits: {
        values: 2,
        start: Uint32Array.from({ length: people + 1 }, (_none, p) => p),
        index: Int32Array.from({ length: people }, (_none, p) => p % 2),
      },
    },
  }
}

describe('what is known besides the histories', () => {
  test('orders the candidates where it says more than the members do', async () => {
    const { model, report } = await fitted(twoKinds(1_500), ['popularity', 'transitions'])
    expect(report.steps[3]).toMatchObject({ step: 'attributes', kept: true })
    expect(report.importance[0]?.column).toMatch(/^traits/)
    const scores = new Float32Array(40)
    for (const trait of [0, 1]) {
      const person = { item: Int32Array.of(7), traits: Int32Array.of(trait) }
      model.score(person, scores)
      const best = Array.from(scores.keys()).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0))
      expect(best.slice(0, 15).every((item) => item % 2 === trait)).toBe(true)
      const loaded = decodeModel(encodeModel(model, {})).recommender
      const again = new Float32Array(40)
      loaded.score(person, again)
      expect(again).toEqual(scores)
    }
  })

  test('is left out where it says nothing', async () => {
    const data = walks(900)
    const random = seededRandom(13)
    const traits = {
      values: 2,
      start: Uint32Array.from({ length: 901 }, (_, p) => p),
      index: Int32Array.from({ length: 900 }, () => randomInt(random, 2)),
    }
    const { report, model } = await fitted({ histories: { ...data.histories, traits } }, [
      'popularity',
      'transitions',
    ])
    expect(report.steps.map(({ step }) => step)).toContain('attributes')
    expect(report.steps[3]?.kept).toBe(false)
    expect(model.ranker?.figures.groups ?? []).toEqual([])
  })
})

describe('the chance of an item', () => {
  /** Predicted and observed rates of the next item, in groups of the predictions: how far apart they are on average. */
  function calibrationError(
    model: AutoModel,
    { questions }: ReturnType<typeof lastEvents>,
  ): number {
    const said: { chance: number; right: number }[] = []
    const chances = new Float32Array(model.items)
    for (let q = 0; q < questions.count; q++) {
      const { events, from, to, relevant } = questions
      model.probabilities({ item: events.item.subarray(from[q], to[q]) }, chances)
      chances.forEach((chance, i) => {
        said.push({ chance, right: i === relevant.item[q] ? 1 : 0 })
      })
    }
    said.sort((a, b) => a.chance - b.chance)
    let error = 0
    for (let g = 0; g < 20; g++) {
      const part = said.slice((g * said.length) / 20, ((g + 1) * said.length) / 20)
      const gap = part.reduce((sum, { chance, right }) => sum + chance - right, 0)
      error += Math.abs(gap) / said.length
    }
    return error
  }

  test.each([
    ['with a ranker', ['popularity', 'item-knn', 'transitions'], 1_500],
    ['of a blend alone', ['popularity', 'transitions'], 300],
  ])(
    '%s is what is observed on other people, before and after saving',
    async (_, kinds, people) => {
      const { model } = await fitted(walks(people), kinds)
      expect(model.ranker !== undefined).toBe(people > 1_000)
      const others = lastEvents(walks(2_000, 14))
      const error = calibrationError(model, others)
      // The mean chance is 1 in 40; a model that said so of every item would be off by 0.04.
      expect(error).toBeLessThan(0.007)
      const loaded = decodeModel(encodeModel(model, {})).recommender as AutoModel
      expect(calibrationError(loaded, others)).toBe(error)
    },
  )

  test('is 0 for what the person had', async () => {
    const { model } = await fitted(walks(300), ['popularity', 'transitions'])
    const chances = new Float32Array(40)
    model.probabilities({ item: Int32Array.of(3, 4, 99) }, chances)
    expect([chances[3], chances[4]]).toEqual([0, 0])
    expect(chances[5]).toBeGreaterThan(0.3)
  })

  test('is the same for people who are asked for together', async () => {
    const { model } = await fitted(walks(300), ['popularity', 'transitions'])
    const item = Int32Array.of(3, 4, 20, 7, 8, 9)
    const start = Uint32Array.of(0, 2, 3, 3, 6)
    const together = new Float32Array(4 * 40)
    model.probabilitiesAll({ people: 4, items: 40, start, item }, together)
    const alone = new Float32Array(40)
    for (let p = 0; p < 4; p++) {
      model.probabilities({ item: item.subarray(start[p], start[p + 1]) }, alone)
      expect(together.subarray(p * 40, (p + 1) * 40)).toEqual(alone)
    }
  })
})

describe('a blend', () => {
  const data = walks(200)
  const cut = lastEvents(data)

  async function members(...names: readonly string[]): Promise<readonly Recommender[]> {
    const kinds = names.map(recommenderKind)
    return Promise.all(kinds.map((kind) => kind.fit(cut.data, kind.defaults, CONTEXT)))
  }

  test('measures rows as the full ranking does', async () => {
    const [model] = await members('transitions')
    if (model === undefined) return
    const rows = candidateRows([model], cut.questions, 40)
    const { ids } = recommend(model, cut.data.histories, { n: 5, exclude: 'history' })
    const expected = Float64Array.from({ length: cut.questions.count }, (_, q) => {
      const rank = [...ids.subarray(q * 5, q * 5 + 5)].indexOf(
        cut.questions.relevant.item[q] as number,
      )
      return rank < 0 ? 0 : 1 / Math.log2(rank + 2)
    })
    const found = ndcgOfRows(rows, rows.value[0] ?? new Float32Array(0), { k: 5 })
    expect(meanOf(found)).toBeGreaterThan(0.3)
    // Lists break ties by number and rows by the mean rank, so single questions may differ.
    expect(meanOf(found)).toBeCloseTo(meanOf(expected), 1)
  })

  test('is never worse than its best member on the questions that it learns from', async () => {
    const rows = candidateRows(
      await members('popularity', 'transitions', 'item-knn'),
      cut.questions,
      20,
    )
    const weights = climbWeights(rows, { k: 5 })
    const value = meanOf(ndcgOfRows(rows, blended(rows, weights), { k: 5 }))
    for (const column of rows.standard) {
      expect(value).toBeGreaterThanOrEqual(meanOf(ndcgOfRows(rows, column, { k: 5 })))
    }
  })

  test('leaves out what the person had, and keeps each candidate once', async () => {
    const rows = candidateRows(await members('item-knn', 'transitions'), cut.questions, 10)
    for (let q = 0; q < cut.questions.count; q++) {
      const own = cut.questions.events.item.subarray(cut.questions.from[q], cut.questions.to[q])
      const listed = rows.item.subarray(rows.start[q], rows.start[q + 1])
      expect(new Set(listed).size).toBe(listed.length)
      expect([...listed].some((item) => own.includes(item))).toBe(false)
    }
  })

  test('asked among named candidates it compares just those', async () => {
    const asked = selectQuestions(cut.questions, Int32Array.of(0, 5))
    const [first = 0, second = 0] = asked.relevant.item
    const others = [first + 1, first + 2, second + 1].map((item) => item % 40)
    const among = { start: Uint32Array.of(0, 2, 3), item: Int32Array.from(others) }
    const questions = { ...asked, masked: false, among }
    const rows = candidateRows(await members('popularity'), questions, 10)
    expect([...rows.start]).toEqual([0, 3, 5])
    expect([...rows.item.subarray(1, 3)]).toEqual(others.slice(0, 2))
    expect([...rows.right]).toEqual([1, 0, 0, 1, 0])
  })

  test('a step that is worse, or better by chance, is left out', async () => {
    const rows = candidateRows(await members('transitions'), cut.questions, 20)
    const good = rows.value[0] ?? new Float32Array(0)
    const all = Int32Array.from({ length: cut.questions.count }, (_, q) => q)
    const judge = new Judge(rows, all, 5, () => {})
    judge.first(good)
    expect(judge.keeps('blend', new Float32Array(good.length))).toBe(false)
    expect(judge.keeps('blend', good)).toBe(false)
    // Right in one question more, and wrong in none: no more than chance may give.
    const lucky = good.slice()
    const missed = all.find((q) => {
      const right = rows.right.subarray(rows.start[q], rows.start[q + 1]).indexOf(1)
      const own = good.subarray(rows.start[q], rows.start[q + 1])
      return right >= 0 && own.some((score) => score > (own[right] ?? 0))
    })
    if (missed === undefined) throw new Error('expected a question that is not answered')
    const from = rows.start[missed] as number
    lucky[from + rows.right.subarray(from).indexOf(1)] = 1_000
    expect(judge.keeps('ranker', lucky)).toBe(false)
    expect(judge.keeps('ranker', Float32Array.from(rows.right))).toBe(true)
    expect(judge.steps.map(({ kept }) => kept)).toEqual([true, false, false, false, true])
  })

  test('a gain comes with the standard error of its pairs', () => {
    const { mean: gain, standardError: error } = pairedGain(
      Float64Array.of(1, 2, 3, 4),
      Float64Array.of(0, 2, 2, 2),
    )
    expect(gain).toBe(1)
    // Differences 1, 0, 1, 2: variance 2/3, over four.
    expect(error).toBeCloseTo(Math.sqrt(2 / 3 / 4), 12)
  })
})

describe('the questions that teach', () => {
  const data = walks(200)
  const { questions } = lastEvents(data)

  test('come from people whom the members do not see', () => {
    const cut = teachingCut(data, questions, 5)
    if (cut === undefined) throw new Error('expected questions')
    const asked = new Set(cut.questions.from)
    expect(asked.size + cut.data.histories.people).toBe(200)
    expect(asked.size).toBeGreaterThan(20)
    expect(asked.size).toBeLessThan(60)
    cut.questions.to.forEach((place, q) => {
      expect(place).toBeGreaterThan(cut.questions.from[q] as number)
      expect(cut.questions.relevant.item[q]).toBe(data.histories.item[place])
    })
  })

  test('are those of the cut itself where histories are short or lists are asked for', () => {
    const short = { histories: historiesOf(4, [[1, 2], [3, 1], [2]]) }
    expect(teachingCut(short, questions, 5)).toBeUndefined()
    expect(teachingCut(data, { ...questions, one: false }, 5)).toBeUndefined()
    expect(teachingCut(data, { ...questions, masked: false }, 5)).toBeUndefined()
  })
})

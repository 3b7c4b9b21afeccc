/**
 * What diversity, calibration, room for new items and less popularity cost in relevance, on a data set with item attributes:
 *
 *     node bench/rerankCurves.ts FOLDER [--people 2000] [--seed 1]
 *
 * Everything happens inside the training part of the folder: the newest fifth of some people's histories is hidden, a
 * model is fitted on the rest, and its best candidates are ranked anew. The test part is never opened.
 */
import { parseArgs } from 'node:util'
import { randomInt, seededRandom } from '../src/base/index.ts'
import {
  attributeShares,
  cutHistories,
  exposureOf,
  type Histories,
  historyOf,
  type ItemAttributes,
  metricOf,
  miscalibration,
  ownersOf,
  parametersOf,
  popularityBuckets,
  recommend,
  recommenderKind,
  type RerankOptions,
  Reranker,
} from '../src/models/index.ts'
import { severalRelevantValue } from '../src/models/evaluate/metric.ts'
import { openDataset } from '../src/training/index.ts'

const MODEL = 'ease-weighted'
const HIDDEN = 0.2
const LENGTH = 20
const CANDIDATES = 200
/** Candidates of each person that come from the new items alone, as another source of a placement would bring them. */
const NEW_CANDIDATES = 20
/** The data have no dates of items: the fifth of the items that the fewest people had stand in for new ones. */
const NEW_SHARE = 0.2

/** What the settings are tried on. */
interface Ground {
  readonly shown: Histories
  readonly hidden: readonly Int32Array[]
  readonly ids: readonly Int32Array[]
  readonly scores: readonly Float32Array[]
  readonly genres: ItemAttributes
  readonly buckets: ItemAttributes
  readonly owners: Uint32Array
  /** Rank from 0 of each item when the fewest owners come first: what stands in for its age. */
  readonly age: Uint32Array
  readonly people: number
}

interface Person {
  readonly ids: Int32Array
  readonly genres: Float64Array
  readonly buckets: Float64Array
}

/** The options for one person. */
type Setting = (ground: Ground, person: Person) => Omit<RerankOptions, 'n'>

const SETTINGS: Readonly<Record<string, readonly (readonly [string, Setting])[]>> = {
  'relevance alone': [['', () => ({})]],
  'mmr, genres (Jaccard)': steps([0.1, 0.2, 0.3, 0.5, 0.7, 1], (strength) => ({ genres }) => ({
    diversity: { method: 'mmr', strength, similarity: { attributes: genres } },
  })),
  'dpp, genres (Jaccard)': steps([0.02, 0.05, 0.1, 0.2, 0.4, 1], (strength) => ({ genres }) => ({
    diversity: { method: 'dpp', strength, similarity: { attributes: genres } },
  })),
  'calibration, genres': steps([0.1, 0.2, 0.3, 0.5, 0.7, 1], (strength) => (ground, person) => ({
    calibration: [{ strength, attributes: ground.genres, target: person.genres }],
  })),
  'calibration, genres, most relevant first': steps(
    [0.1, 0.2, 0.3, 0.5, 0.7],
    (strength) => (ground, person) => ({
      order: 'relevance',
      calibration: [{ strength, attributes: ground.genres, target: person.genres }],
    }),
  ),
  'calibration, popularity': steps([0.1, 0.3, 0.5, 0.7, 1], (strength) => (ground, person) => ({
    calibration: [{ strength, attributes: ground.buckets, target: person.buckets }],
  })),
  'popularity, minus': steps([0.1, 0.2, 0.4, 0.8], popularity('minus')),
  'popularity, over': steps([0.05, 0.1, 0.2, 0.4], popularity('over')),
  'cap per genre': steps([10, 7, 5, 3], (most) => ({ genres }) => ({
    caps: [{ attributes: genres, most }],
  })),
  'share for new items': steps([0.05, 0.1, 0.2], (share) => ({ age }, { ids }) => ({
    newItems: { share, age: ages(age, ids), youngerThan: NEW_SHARE * age.length, seed: 1 },
  })),
}

function steps(
  strengths: readonly number[],
  of: (strength: number) => Setting,
): readonly (readonly [string, Setting])[] {
  return strengths.map((strength) => [String(strength), of(strength)])
}

function popularity(method: 'minus' | 'over'): (strength: number) => Setting {
  return (strength) =>
    ({ owners }, { ids }) => ({
      popularity: { method, strength, popularity: ages(owners, ids) },
    })
}

function ages(of: Uint32Array, ids: Int32Array): Float64Array {
  return Float64Array.from(ids, (id) => of[id] as number)
}

/** Hides the newest events of some people and collects candidates for these. */
async function prepare(folder: string, most: number, seed: number): Promise<Ground> {
  const { training } = await openDataset(folder, { attributes: true })
  const { histories, attributes } = training.data
  if (attributes === undefined) throw new Error(`${folder} has no attributes of items`)
  const asked = somePeople(histories, most, seed)
  const chosen = new Set(asked)
  const everybody = Int32Array.from({ length: histories.people }, (_, p) => p)
  const end = (p: number): number => {
    const from = histories.start[p] as number
    const to = histories.start[p + 1] as number
    return chosen.has(p) ? to - Math.max(1, Math.floor(HIDDEN * (to - from))) : to
  }
  const left = cutHistories(histories, everybody, end)
  const kind = recommenderKind(MODEL)
  const context = { seed, threads: 1 }
  const model = await kind.fit({ histories: left }, parametersOf(kind, {}), context)
  const shown = cutHistories(histories, asked, end)
  const owners = ownersOf(left)
  const age = new Uint32Array(owners.length)
  const rising = Array.from(owners, (_, i) => i).sort(
    (a, b) => (owners[a] as number) - (owners[b] as number) || a - b,
  )
  rising.forEach((item, rank) => (age[item] = rank))
  const only = Int32Array.from(rising.slice(0, NEW_SHARE * rising.length))
  const best = recommend(model, shown, { n: CANDIDATES, exclude: 'history' })
  const young = recommend(model, shown, { n: NEW_CANDIDATES, exclude: 'history', only })
  const merged = asked.map((_, p) => mergedCandidates(p, best, young))
  return {
    shown,
    hidden: asked.map((p) => histories.item.subarray(end(p), histories.start[p + 1])),
    ids: merged.map(({ ids }) => ids),
    scores: merged.map(({ scores }) => scores),
    genres: attributes,
    buckets: popularityBuckets(owners),
    owners,
    age,
    people: histories.people,
  }
}

type Lists = ReturnType<typeof recommend>

function mergedCandidates(p: number, ...sources: readonly Lists[]) {
  const scoreOf = new Map<number, number>()
  for (const { ids, scores, n } of sources) {
    for (let k = p * n; k < (p + 1) * n; k++) {
      if ((ids[k] as number) >= 0) scoreOf.set(ids[k] as number, scores[k] as number)
    }
  }
  return { ids: Int32Array.from(scoreOf.keys()), scores: Float32Array.from(scoreOf.values()) }
}

function somePeople({ people, start }: Histories, most: number, seed: number): number[] {
  const random = seededRandom(seed)
  const left: number[] = []
  for (let p = 0; p < people; p++) {
    if ((start[p + 1] as number) - (start[p] as number) >= 5) left.push(p)
  }
  return Array.from(
    { length: Math.min(most, left.length) },
    () => left.splice(randomInt(random, left.length), 1)[0] as number,
  ).sort((a, b) => a - b)
}

interface Outcome {
  readonly recall: number
  readonly ndcg: readonly number[]
  readonly diversity: number
  readonly genreGap: number
  readonly popularityGap: number
  readonly longTail: number
  readonly young: number
  readonly coverage: number
}

const [RECALL, NDCG] = [metricOf(`recall@${LENGTH}`), metricOf(`ndcg@${LENGTH}`)]

function measure(ground: Ground, persons: readonly Person[], setting: Setting): Outcome {
  const reranker = new Reranker()
  const lists = new Int32Array(persons.length * LENGTH).fill(-1)
  const ndcg: number[] = []
  let [recall, genreGap, popularityGap, young] = [0, 0, 0, 0]
  persons.forEach((person, p) => {
    const { ids } = person
    const candidates = { ids, scores: ground.scores[p] as Float32Array }
    const places = reranker.rerank(candidates, { n: LENGTH, ...setting(ground, person) })
    const list = Array.from(places, (place) => ids[place] as number)
    lists.set(list, p * LENGTH)
    const right = new Set(ground.hidden[p])
    const gains = list.map((id) => (right.has(id) ? 1 : 0))
    recall += severalRelevantValue(RECALL, gains, right.size, [])
    ndcg.push(severalRelevantValue(NDCG, gains, right.size, []))
    genreGap += miscalibration(person.genres, attributeShares(ground.genres, list))
    popularityGap += miscalibration(person.buckets, attributeShares(ground.buckets, list))
    const limit = NEW_SHARE * ground.age.length
    young += list.filter((id) => (ground.age[id] as number) < limit).length / LENGTH
  })
  const { people, owners, genres: attributes } = ground
  const exposure = exposureOf(lists, LENGTH, LENGTH, { people, owners, attributes })
  const count = persons.length
  return {
    recall: recall / count,
    ndcg,
    diversity: exposure.diversity ?? Number.NaN,
    genreGap: genreGap / count,
    popularityGap: popularityGap / count,
    longTail: exposure.longTail,
    young: young / count,
    coverage: exposure.coverage,
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Standard error of the mean difference of values that belong together. */
function pairedError(a: readonly number[], b: readonly number[]): number {
  const differences = a.map((value, k) => value - (b[k] as number))
  const middle = mean(differences)
  const variance = mean(differences.map((difference) => (difference - middle) ** 2))
  return Math.sqrt(variance / differences.length)
}

function curves(ground: Ground): void {
  const persons = ground.ids.map((ids, p) => {
    const { item } = historyOf(ground.shown, p)
    const shares = (attributes: ItemAttributes) => attributeShares(attributes, item)
    return { ids, genres: shares(ground.genres), buckets: shares(ground.buckets) }
  })
  print(
    '| method | strength | ndcg@20 | change (SE) | recall@20 | diversity | KL genres | KL popularity | long tail | new | coverage |',
  )
  print('|---|---|---|---|---|---|---|---|---|---|---|')
  let plain: readonly number[] | undefined
  for (const [method, settings] of Object.entries(SETTINGS)) {
    for (const [strength, setting] of settings) {
      const found = measure(ground, persons, setting)
      plain ??= found.ndcg
      const change = 100 * (mean(found.ndcg) / mean(plain) - 1)
      const error = (100 * pairedError(found.ndcg, plain)) / mean(plain)
      const cells = [
        method,
        strength,
        short(mean(found.ndcg)),
        found.ndcg === plain ? '' : `${change.toFixed(1)} % (${error.toFixed(1)})`,
        short(found.recall),
        found.diversity.toFixed(3),
        found.genreGap.toFixed(3),
        found.popularityGap.toFixed(3),
        found.longTail.toFixed(3),
        found.young.toFixed(3),
        found.coverage.toFixed(3),
      ]
      print(`| ${cells.join(' | ')} |`)
    }
  }
}

function short(value: number): string {
  return value.toFixed(4).slice(1)
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Microseconds of this process for one list, the candidates ready: least of some rounds, since others use the machine. */
function costs({ genres, buckets, owners }: Ground): void {
  print('\n| list | mmr | dpp | calibration | two caps | popularity |')
  print('|---|---|---|---|---|---|')
  const attributes = genres
  const target = attributeShares(genres, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  for (const [count, n] of [
    [100, 10],
    [200, 20],
    [500, 50],
  ] as const) {
    const ids = Int32Array.from({ length: count }, (_, k) => (k * 7) % (owners.length || 1))
    const scores = Float32Array.from(ids, (_, k) => 1 / (k + 1))
    const similarity = { attributes }
    const options: readonly Omit<RerankOptions, 'n'>[] = [
      { diversity: { method: 'mmr', strength: 0.5, similarity } },
      { diversity: { method: 'dpp', strength: 0.2, similarity } },
      { calibration: [{ strength: 0.5, attributes, target }] },
      { caps: [genres, buckets].map((each) => ({ attributes: each, most: n })) },
      { popularity: { method: 'minus', strength: 0.2, popularity: ages(owners, ids) } },
    ]
    const cells = options.map((each) => micros({ ids, scores }, { n, ...each }).toFixed(0))
    print(`| ${n} of ${count} | ${cells.map((cell) => `${cell} µs`).join(' | ')} |`)
  }
}

function micros(
  candidates: { readonly ids: Int32Array; readonly scores: Float32Array },
  options: RerankOptions,
): number {
  const reranker = new Reranker()
  const calls = 200
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < 8; round++) {
    const before = process.cpuUsage()
    for (let k = 0; k < calls; k++) reranker.rerank(candidates, options)
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, (user + system) / calls)
  }
  return least
}

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      people: { type: 'string', default: '2000' },
      seed: { type: 'string', default: '1' },
    },
  })
  const [folder] = positionals
  if (folder === undefined) {
    process.stderr.write('usage: node bench/rerankCurves.ts FOLDER [--people N] [--seed N]\n')
    return 2
  }
  const ground = await prepare(folder, Number(values.people), Number(values.seed))
  curves(ground)
  costs(ground)
  return 0
}

process.exit(await main())

import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Random, randomInt, randomNormal, seededRandom } from '../../src/base/index.ts'

/** A generated table of rows to learn from, and rows to judge by. */
export interface TableShape {
  readonly name: string
  readonly kind: 'churn' | 'second-stage'
  readonly train: number
  readonly test: number
}

const WIDTH = { churn: 22, 'second-stage': 30 } as const
/** Candidates that a person of the second stage is asked about. */
const CANDIDATES = 100
const SCORERS = 8
/** Of the wrong candidates this share is kept, with a weight of 1 over it. */
const KEPT = 0.5

/**
 * A table file: four 32-bit whole numbers (rows, columns, rows to learn from, 0), then values row by row, labels and
 * weights as 32-bit floats; NaN is missing. Made once and kept in `folder`.
 */
export function seededTable(folder: string, shape: TableShape): string {
  const path = join(folder, `table-${shape.name}.bin`)
  if (existsSync(path)) return path
  const rows = shape.train + shape.test
  const columns = WIDTH[shape.kind]
  const file = new ArrayBuffer(16 + 4 * rows * (columns + 2))
  new Int32Array(file, 0, 4).set([rows, columns, shape.train, 0])
  const values = new Float32Array(file, 16, rows * columns)
  const label = new Float32Array(file, 16 + values.byteLength, rows)
  const weight = new Float32Array(file, 16 + values.byteLength + label.byteLength, rows).fill(1)
  const random = seededRandom(4_711)
  if (shape.kind === 'churn') writeChurn(values, label, random)
  else writeSecondStage(values, label, weight, random)
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${path}.part`, new Uint8Array(file))
  renameSync(`${path}.part`, path)
  return path
}

const chance = (logit: number): number => 1 / (1 + Math.exp(-logit))

/**
 * Customers of a telephone company, about a quarter of whom leave: months and charges (the total is missing for new
 * customers), contract, payment and services as codes, a city of a long tail, an age that a fifth do not tell, and
 * columns that say nothing.
 */
function writeChurn(values: Float32Array, label: Float32Array, random: Random): void {
  const columns = WIDTH.churn
  const cityRisk = Float64Array.from({ length: 300 }, () => 0.5 * randomNormal(random))
  for (let row = 0; row < label.length; row++) {
    const x = values.subarray(row * columns, (row + 1) * columns)
    const months = Math.floor(73 * random.next() ** 1.4)
    const contract = months < 6 ? 0 : randomInt(random, 3)
    const internet = randomInt(random, 3)
    const payment = randomInt(random, 4)
    const services = Array.from({ length: 7 }, () => randomInt(random, 2))
    const used = services.reduce((sum, yes) => sum + yes, 0)
    const charge = 18 + 25 * internet + 5 * used + 4 * randomNormal(random)
    const age = 18 + 70 * random.next()
    const city = Math.floor(300 * random.next() ** 3)
    x.set([months, charge, months === 0 ? Number.NaN : months * charge, contract, internet])
    x.set([payment, ...services], 5)
    x.set([random.next() < 0.2 ? Number.NaN : age, city], 13)
    for (let c = 15; c < columns; c++)
      x[c] = c % 2 === 0 ? randomNormal(random) : randomInt(random, 9)
    const logit =
      -0.9 +
      (contract === 0 ? 1.4 - 0.03 * months : -0.8 * contract) +
      (internet === 2 && services[0] === 0 ? 0.9 : 0) +
      (payment === 2 ? 0.5 : 0) +
      0.02 * (charge - 60) * (months < 12 ? 1 : 0.2) +
      (age > 65 && services[3] === 0 ? 0.6 : 0) +
      0.3 * Math.sin(age / 8) +
      (cityRisk[city] as number)
    label[row] = Number(random.next() < chance(logit))
  }
}

/**
 * Candidates of a recommender's second stage, a hundred a person and about one in thirty right: values, shares and
 * ranks of eight scorers that see the same thing through different noise, popularity, and what the person did with
 * the item before, missing where that is nothing.
 */
function writeSecondStage(
  values: Float32Array,
  label: Float32Array,
  weight: Float32Array,
  random: Random,
): void {
  const columns = WIDTH['second-stage']
  const noise = Array.from({ length: SCORERS }, (_, s) => 0.5 + 0.25 * s)
  let row = 0
  while (row < label.length) {
    const fit = Array.from({ length: CANDIDATES }, () => randomNormal(random))
    const liking = 0.7 * randomNormal(random)
    const length = Math.floor(Math.exp(3 + randomNormal(random)))
    const scores = noise.map((sd) =>
      fit.map((f) => Math.exp(0.6 * (f + sd * randomNormal(random)))),
    )
    const best = scores.map((all) => Math.max(...all))
    const ranks = scores.slice(0, 4).map(rankOf)
    for (let k = 0; k < CANDIDATES && row < label.length; k++) {
      const popular = Math.log(1 + Math.floor(Math.exp(2 + 2 * randomNormal(random))))
      const before = random.next() < 0.15 ? Math.ceil(-Math.log(random.next()) * 3) : Number.NaN
      const logit =
        -5.2 + 1.1 * (fit[k] as number) + 0.25 * (1 + liking) * (popular - 2) + (before > 2 ? 1 : 0)
      const right = random.next() < chance(logit)
      if (!right && random.next() >= KEPT) continue
      const x = values.subarray(row * columns, (row + 1) * columns)
      scores.forEach((all, s) => (x[s] = all[k] as number))
      scores.forEach((all, s) => (x[SCORERS + s] = (all[k] as number) / (best[s] as number)))
      ranks.forEach((all, s) => (x[2 * SCORERS + s] = all[k] as number))
      x.set([popular, popular - 2 - liking, length, before, before * random.next()], 20)
      for (let c = 25; c < columns; c++) x[c] = c < 28 ? randomInt(random, 20) : random.next()
      label[row] = Number(right)
      weight[row] = right ? 1 : 1 / KEPT
      row++
    }
  }
}

function rankOf(scores: readonly number[]): number[] {
  const order = scores.map((_, k) => k).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0))
  const ranks = Array.from<number>({ length: scores.length })
  order.forEach((candidate, rank) => (ranks[candidate] = rank))
  return ranks
}

import { expect, test } from 'vitest'
import { randomInt, seededRandom } from '../../base/index.ts'
import { type CalibrationRows, fitCalibration, probabilityOf } from './calibration.ts'

const logistic = (x: number): number => 1 / (1 + Math.exp(-x))

/** Scores that are logits twice as sure as they may be: the chance of a hit is that of half the score, less 2. */
function overconfident(rows: number, seed: number): CalibrationRows {
  const random = seededRandom(seed)
  const score = Float32Array.from({ length: rows }, () => 12 * random.next() - 6)
  const label = score.map((x) => (random.next() < logistic(x / 2 - 2) ? 1 : 0))
  return { score, label }
}

/** Expected calibration error (Naeini et al., AAAI 2015): the mean gap of predicted and observed rate in ten groups. */
function calibrationError(predicted: Float64Array, label: Float32Array): number {
  const pairs = Array.from(predicted, (said, row) => ({ said, right: label[row] ?? 0 }))
  pairs.sort((a, b) => a.said - b.said)
  let error = 0
  for (let g = 0; g < 10; g++) {
    const rows = pairs.slice((g * pairs.length) / 10, ((g + 1) * pairs.length) / 10)
    const gap = rows.reduce((sum, { said, right }) => sum + said - right, 0)
    error += Math.abs(gap) / pairs.length
  }
  return error
}

test('predicted and observed rates agree on rows that were not learnt from', () => {
  const map = fitCalibration(overconfident(30_000, 1))
  const { score, label } = overconfident(30_000, 2)
  const predicted = Float64Array.from(score, (x) => probabilityOf(map, x))
  expect(calibrationError(predicted, label)).toBeLessThan(0.01)
  // What was wrong before.
  expect(calibrationError(Float64Array.from(score, logistic), label)).toBeGreaterThan(0.1)
})

test('sampled rows count 1 over their chance', () => {
  const { score, label } = overconfident(60_000, 3)
  const random = seededRandom(4)
  const kept = Uint32Array.from(score.keys()).filter(
    (row) => label[row] === 1 || randomInt(random, 10) === 0,
  )
  const map = fitCalibration({
    score: Float32Array.from(kept, (row) => score[row] ?? 0),
    label: Float32Array.from(kept, (row) => label[row] ?? 0),
    weight: Float32Array.from(kept, (row) => (label[row] === 1 ? 1 : 10)),
  })
  const other = overconfident(30_000, 5)
  const predicted = Float64Array.from(other.score, (x) => probabilityOf(map, x))
  expect(calibrationError(predicted, other.label)).toBeLessThan(0.02)
})

test('never falls with the score, and never leaves 0 to 1', () => {
  const map = fitCalibration(overconfident(500, 6))
  let before = 0
  for (let x = -10; x <= 10; x += 0.05) {
    const probability = probabilityOf(map, x)
    expect(probability).toBeGreaterThanOrEqual(before)
    expect(probability).toBeLessThanOrEqual(1)
    before = probability
  }
})

test('one lucky row at the top is no certainty', () => {
  const score = Float32Array.from({ length: 101 }, (_, row) => row)
  const label = score.map((x) => (x === 100 || x % 20 === 0 ? 1 : 0))
  expect(probabilityOf(fitCalibration({ score, label }), 100)).toBeLessThan(0.8)
})

test('takes equal scores together, and knows nothing from nothing', () => {
  const score = Float32Array.of(1, 1, 1, 1)
  const even = fitCalibration({ score, label: Float32Array.of(1, 0, 0, 1) })
  expect(probabilityOf(even, 1)).toBeCloseTo(0.5, 6)
  const none = { score: new Float32Array(0), label: new Float32Array(0) }
  expect(probabilityOf(fitCalibration(none), 1)).toBeNaN()
})

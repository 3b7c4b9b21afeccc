import { describe, expect, it } from 'vitest'
import { decodeModel, recommenderKind, type RecommenderKind } from '../../models/index.ts'
import { columnsOf, GROUP, groupVisits } from './fit.fixture.ts'
import type { FitJob, FitResult } from './fitJob.ts'
import { fitModel } from './fitModel.ts'
import { isBeyondNoise, pairedGain } from './paired.ts'

const job: FitJob = {
  columns: columnsOf(groupVisits(400)),
  items: 48,
  seed: 1,
  threads: 1,
  memoryBytes: 2 ** 30,
  choosingMs: 60_000,
}
const clock = { now: () => performance.now(), cpu: () => 0 }
const itemKnn = recommenderKind('item-knn')

function fit(kinds: readonly RecommenderKind[], changes: Partial<FitJob> = {}): Promise<FitResult> {
  return fitModel({ ...job, ...changes }, () => undefined, clock, kinds)
}

function failing(name: string, error: Error): RecommenderKind {
  return { ...itemKnn, name, candidates: () => [], fit: () => Promise.reject(error) }
}

describe('fitting', () => {
  it('goes on without a model that fails, and says which and why', async () => {
    const result = await fit([
      failing('broken', new Error('the moon is full')),
      failing('huge', new RangeError('Array buffer allocation failed')),
      itemKnn,
    ])
    expect(result.outcome).toBe('fitted')
    const reasons = result.tried.filter(({ reason }) => reason !== undefined)
    expect(reasons).toMatchObject([
      { model: 'broken', reason: expect.stringContaining('the moon is full') },
      { model: 'huge', reason: expect.stringContaining('allocation failed') },
    ])
  })

  it('says so when none can be fitted', async () => {
    expect(await fit([failing('broken', new Error('no'))])).toMatchObject({
      outcome: 'no-model',
      why: expect.stringContaining('No model'),
    })
  })

  it('passes over what there is no time for', async () => {
    const result = await fit([itemKnn, recommenderKind('popularity')], { choosingMs: -1 })
    expect(result.outcome).toBe('no-model')
    expect(result.tried.every(({ reason }) => reason?.includes('time') === true)).toBe(true)
  })

  it('passes over what is too slow to serve', async () => {
    let ms = 0
    const slow = { ...clock, cpu: () => (ms += 1_000) }
    const result = await fitModel(job, () => undefined, slow, [itemKnn])
    expect(result.outcome).toBe('no-model')
  })

  it('gives the same model for the same data and seed', async () => {
    const [one, two] = [await fit([itemKnn]), await fit([itemKnn])]
    if (one.outcome !== 'fitted' || two.outcome !== 'fitted') throw new Error('not fitted')
    expect(one.file).toEqual(two.file)
    expect(one.judgement).toEqual(two.judgement)
  })

  it('finds the groups, and measures the version in service on the same people', async () => {
    const first = await fit([itemKnn])
    if (first.outcome !== 'fitted') throw new Error('not fitted')
    expect(first.judgement.alone.ndcg).toBeGreaterThan(0.4)
    const { recommender } = decodeModel(first.file)
    const scores = new Float32Array(48)
    recommender.score({ item: Int32Array.of(0) }, scores)
    const best = scores.indexOf(Math.max(...scores))
    expect([best > 0, best < GROUP]).toEqual([true, true])
    const serving = { version: 'v1', file: first.file, weight: first.weight, seenTo: first.data.to }
    const again = await fit([itemKnn], { serving })
    if (again.outcome !== 'fitted') throw new Error('not fitted')
    expect(again.judgement).toMatchObject({
      servingRefitted: true,
      gain: { mean: 0 },
      better: false,
    })
    const weak = await fit([recommenderKind('popularity')])
    if (weak.outcome !== 'fitted') throw new Error('not fitted')
    const old = { version: 'v0', file: weak.file, weight: 1, seenTo: 0 }
    const columns = columnsOf(groupVisits(4_000))
    const better = await fit([itemKnn], { serving: old, columns })
    if (better.outcome !== 'fitted') throw new Error('not fitted')
    expect(better.judgement).toMatchObject({ servingRefitted: false, better: true })
  })
})

describe('a gain', () => {
  it('has the standard error of the paired differences', () => {
    const gain = pairedGain(Float64Array.of(1, 2, 3, 6), Float64Array.of(0, 2, 2, 4))
    expect(gain.mean).toBe(1)
    expect(gain.standardError).toBeCloseTo(Math.sqrt(2 / 3 / 4))
    expect(isBeyondNoise(gain)).toBe(true)
  })

  it('is none without pairs, and noise when it is smaller than its error', () => {
    expect(isBeyondNoise(pairedGain(new Float64Array(0), new Float64Array(0)))).toBe(false)
    expect(isBeyondNoise(pairedGain(Float64Array.of(5, 0), Float64Array.of(0, 4)))).toBe(false)
  })
})

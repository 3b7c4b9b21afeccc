import { describe, expect, it } from 'vitest'
import { decodeModel, recommenderKind, type RecommenderKind } from '../../models/index.ts'
import { columnsOf, type Did, fitHere, GROUP, groupVisits } from './fit.fixture.ts'
import type { FitJob, FitResult } from './fitJob.ts'

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

function fit(
  kinds: readonly RecommenderKind[] | undefined,
  changes: Partial<FitJob> = {},
): Promise<FitResult> {
  return fitHere({ ...job, ...changes }, clock, kinds)
}

/** What more people did after a time. */
function later(people: number, time: number): Did[] {
  return groupVisits(people).map(({ person, item, time: after }) => ({
    person: person + 400,
    item,
    time: time + after,
  }))
}

function failing(name: string, error: Error): RecommenderKind {
  return { ...itemKnn, name, candidates: () => [], fit: () => Promise.reject(error) }
}

describe('fitting', () => {
  it('says of how many events people were drawn where memory has not room for all', async () => {
    const whole = await fit([itemKnn])
    expect(whole.data.drawn).toBeUndefined()
    const { outcome, data } = await fit([itemKnn], { memoryBytes: 6_000_000 })
    expect([outcome, data.events, data.people]).toEqual(['fitted', 4_000, 400])
    expect(data.drawn).toEqual({ choosing: 3_000, fitting: 4_000 })
  })

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

  it('is done by the automatic model unless others are named, beside its members, and says how', async () => {
    const { outcome, tried } = await fit(undefined)
    const [auto, ...others] = tried
    expect([outcome, auto?.model]).toEqual(['fitted', 'auto'])
    expect(auto?.how?.join('\n')).toMatch(/item-knn: ndcg@10[\s\S]*best member: /)
    const members = JSON.parse(String(auto?.parameters['members'])) as { name: string }[]
    expect(members.length).toBeGreaterThan(0)
    for (const { name } of members) {
      expect(others).toContainEqual(
        expect.objectContaining({ model: name, ndcg: expect.any(Number) }),
      )
    }
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
    const slow = { ...clock, cpu: () => (ms += 10_000) }
    const result = await fitHere(job, slow, [itemKnn])
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
    expect(again.judgement).toMatchObject({ servingRefitted: true, better: false })
    expect(again.judgement.renewed).toBeUndefined()
    const weak = await fit([recommenderKind('popularity')])
    if (weak.outcome !== 'fitted') throw new Error('not fitted')
    const old = { version: 'v0', file: weak.file, weight: 1, seenTo: 0 }
    const columns = columnsOf(groupVisits(4_000))
    const better = await fit([itemKnn], { serving: old, columns })
    if (better.outcome !== 'fitted') throw new Error('not fitted')
    expect(better.judgement).toMatchObject({ servingRefitted: false, better: true })
  })

  it('keeps the recipe in service where no other is better beyond noise, and renews its data', async () => {
    const first = await fit([itemKnn])
    if (first.outcome !== 'fitted') throw new Error('not fitted')
    const { file, weight, data } = first
    const columns = columnsOf([...groupVisits(400), ...later(40, data.to)])
    const serving = { version: 'v1', file, weight, seenTo: data.to }
    const next = await fit([recommenderKind('popularity')], { serving, columns })
    if (next.outcome !== 'fitted') throw new Error('not fitted')
    expect(next).toMatchObject({ model: 'item-knn', weight })
    expect(next.judgement).toMatchObject({ better: false, renewed: { rival: 'popularity' } })
    expect(next.judgement.blend).toEqual(next.judgement.serving)
    expect(next.file).not.toEqual(file)
  })
})

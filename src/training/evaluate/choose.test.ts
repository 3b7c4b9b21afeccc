import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AttuneError } from '../../base/index.ts'
import type { Recommender, RecommenderKind, TrainingData } from '../../models/index.ts'
import { chooseSettings, type Trial } from './choose.ts'
import type { TrainingPart } from './sealedTest.ts'
import { openDataset } from './openDataset.ts'
import { ScratchFolders } from './testing/folder.ts'

const folders = new ScratchFolders()
let part: TrainingPart
beforeAll(async () => {
  // Everybody moves from item k to item k + 1.
  const sequences = Array.from({ length: 200 }, (_, r) => {
    const person = Math.floor(r / 8)
    return [person, (person + (r % 8)) % 20, (r % 8) + 1]
  })
  const folder = folders.write('next-item', {
    sequences: [['user', 'item', 'position'], ...sequences],
  })
  part = (await openDataset(folder, { attributes: true })).training
})
afterAll(() => folders.remove())

/** Recommends the item `step` after the last one. */
function stepper(name: string, step: number, steps: readonly number[] = []): RecommenderKind {
  return {
    name,
    title: name,
    source: '',
    format: 1,
    defaults: { step },
    bounds: {},
    candidates: () => steps.map((one) => ({ step: one })),
    fit: ({ histories }: TrainingData, parameters) =>
      Promise.resolve<Recommender>({
        name,
        items: histories.items,
        score: (history, scores) => {
          scores.fill(0)
          const last = history.item.at(-1) ?? 0
          scores[(last + Number(parameters['step'])) % histories.items] = 1
        },
        parts: () => [],
        save: () => [],
      }),
    load: () => {
      throw new Error('not saved')
    },
  }
}

function tooLarge(name: string): RecommenderKind {
  return {
    ...stepper(name, 1),
    fit: () =>
      Promise.reject(
        new AttuneError('MODELS_TOO_LARGE', { status: 422, meaning: '', remedy: '' }, 'too large'),
      ),
  }
}

async function choose(...kinds: readonly RecommenderKind[]) {
  const tried: Trial[] = []
  const { ranked } = await chooseSettings(part, kinds, {
    main: 'ndcg@10',
    context: { seed: 1, threads: 1 },
    seed: 1,
    tried: (trial) => tried.push(trial),
  })
  const best = ranked.get('all')?.[0]
  const names = tried.map(({ kind, parameters }) => `${kind.name} ${String(parameters['step'])}`)
  return { best: best && `${best.kind.name} ${String(best.parameters['step'])}`, names, tried }
}

describe('chooseSettings', () => {
  test('takes the setting that is best on the cut', async () => {
    const { best, names } = await choose(stepper('a', 3, [5, 1, 3]))
    expect(best).toBe('a 1')
    // The default comes first.
    expect(names).toEqual(['a 3', 'a 5', 'a 1'])
  })

  test('tries nothing when there is nothing to choose', async () => {
    expect(await choose(stepper('a', 7))).toMatchObject({ best: 'a 7', names: [] })
  })

  test('tries each model once, and further settings of the best three', async () => {
    const kinds = ['a', 'b', 'c', 'd'].map((name, k) => stepper(name, k + 2, [k + 2, 10 + k]))
    const { names } = await choose(...kinds, stepper('e', 1))
    expect(names.slice(0, 5)).toEqual(['a 2', 'b 3', 'c 4', 'd 5', 'e 1'])
    expect(names.length).toBe(7)
  })

  test('passes over what cannot be fitted, with the reason', async () => {
    const { best, tried } = await choose(tooLarge('a'), stepper('b', 2))
    expect(best).toBe('b 2')
    expect(tried.map(({ kind, failure }) => [kind.name, failure?.message])).toEqual([
      ['a', 'too large'],
      ['b', undefined],
    ])
  })

  test('says why when nothing can be fitted', async () => {
    await expect(choose(tooLarge('a'), tooLarge('b'))).rejects.toMatchObject({
      code: 'TRAINING_NO_MODEL',
      message: 'a: too large b: too large',
    })
    const several = { ...tooLarge('a'), candidates: () => [{ step: 1 }, { step: 2 }] }
    await expect(choose(several)).rejects.toMatchObject({ code: 'MODELS_TOO_LARGE' })
  })

  test('takes the first as it is when the data are too small to be cut', async () => {
    const sequences = [['user', 'item', 'position'], ...[1, 2, 3].map((k) => ['a', k, k])]
    const small = await openDataset(folders.write('next-item', { sequences }), { attributes: true })
    const kinds = [stepper('a', 1, [1, 2]), stepper('b', 2)]
    const { ranked, trials, tooSmall } = await chooseSettings(small.training, kinds, {
      main: 'ndcg@10',
      context: { seed: 1, threads: 1 },
      seed: 1,
      tried: () => undefined,
    })
    expect(tooSmall).toBe(true)
    expect(trials).toEqual([])
    expect(ranked.get('all')?.map(({ kind }) => kind.name)).toEqual(['a', 'b'])
  })

  test('a fault of ours is not passed over', async () => {
    const broken = { ...stepper('a', 1), fit: () => Promise.reject(new TypeError('broken')) }
    await expect(choose(broken, stepper('b', 2))).rejects.toThrow(TypeError)
  })
})

import { expect, it, vi } from 'vitest'
import { columnsOf, groupVisits } from './fit.fixture.ts'
import type { FitJob } from './fitJob.ts'
import { type FitLimits, runFit } from './runFit.ts'

vi.setConfig({ testTimeout: 60_000 })

const HUNGRY = new URL('./hungryThread.fixture.ts', import.meta.url)
const MEGABYTE = 1_048_576

const job: FitJob = {
  columns: columnsOf(groupVisits(400)),
  items: 48,
  models: ['item-knn'],
  seed: 1,
  threads: 1,
  memoryBytes: 1_024 * MEGABYTE,
  choosingMs: 60_000,
}

function limits(changes: Partial<FitLimits> = {}): FitLimits {
  const { signal } = new AbortController()
  return { timeMs: 60_000, progress: () => undefined, signal, ...changes }
}

const stopped = (words: RegExp) => ({
  code: 'TRAINING_STOPPED',
  message: expect.stringMatching(words),
})

it('chooses and fits in threads, and says what they are doing', async () => {
  const steps: string[] = []
  const result = await runFit(job, limits({ progress: (step) => steps.push(step) }))
  expect(result).toMatchObject({ outcome: 'fitted', model: 'item-knn' })
  expect(steps.join('\n')).toMatch(/Sorting events[\s\S]*item-knn: ndcg@10[\s\S]*on all events/)
})

it.each(['arrays', 'kernels', 'objects'])(
  'ends a fit whose %s outgrow its memory',
  async (models) => {
    const hungry = { ...job, models: [models], memoryBytes: 96 * MEGABYTE }
    const fit = runFit(hungry, limits(), HUNGRY)
    await expect(fit).rejects.toMatchObject(stopped(/memory was up: it took \d+ MB, .* 96 MB/))
  },
)

it('ends a fit that takes too long, or is called off', async () => {
  const idle = { ...job, models: ['nothing'] }
  const late = runFit(idle, limits({ timeMs: 200 }), HUNGRY)
  await expect(late).rejects.toMatchObject(stopped(/The time was up/))
  const stop = new AbortController()
  const off = runFit(idle, limits({ signal: stop.signal }), HUNGRY)
  stop.abort()
  await expect(off).rejects.toMatchObject(stopped(/called off/))
})

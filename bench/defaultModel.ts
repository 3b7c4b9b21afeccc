import { setTimeout as sleep } from 'node:timers/promises'
import { type Attune, call } from './attune.ts'

const POLL_MS = 500
const LONGEST_TRAINING_MS = 1_800_000
const LONGEST_WARMING_MS = 3_600_000

/** What of `GET /v1/models` is looked at. */
interface Models {
  readonly serving: {
    readonly version: string
    readonly model: string
    readonly weight: number
  } | null
  readonly lists: { readonly kept: number; readonly warming: boolean }
  readonly training: { readonly running: boolean; readonly last: TrainingEnd | null }
}

interface TrainingEnd {
  readonly version?: string | null
  readonly why?: string
  readonly error?: string
}

/** The model that answers while a bench measures, and what it took to get there. */
export interface ServedDefault {
  /** `live counts` when nothing could be trained. */
  readonly model: string
  readonly weight: number
  /** What the training said of its outcome; undefined when a version of an earlier run was there. */
  readonly why: string | undefined
  readonly trainSeconds: number
  /** Until the rankings of all for whom there is room were made. */
  readonly warmSeconds: number
  readonly rankings: number
}

/**
 * Trains what a workspace trains by default, unless a version is in service already, and waits until people's rankings are
 * made. A version that the training did not find better than the live counts is promoted all the same: it is what is measured.
 */
export async function serveDefaultModel(attune: Attune): Promise<ServedDefault> {
  const begin = performance.now()
  let models = await look(attune)
  let last: TrainingEnd | null = null
  if (models.serving === null) {
    await call(attune, 'POST', '/v1/models/train', {})
    models = await waitWhile(attune, LONGEST_TRAINING_MS, ({ training }) => training.running)
    ;({ last } = models.training)
    const { version } = last ?? {}
    if (models.serving === null && typeof version === 'string') {
      await call(attune, 'POST', '/v1/models/promote', { version })
    }
  }
  const trained = performance.now()
  models = await waitWhile(attune, LONGEST_WARMING_MS, ({ lists }) => lists.warming)
  return {
    model: models.serving?.model ?? 'live counts',
    weight: models.serving?.weight ?? 0,
    why: last?.why ?? last?.error,
    trainSeconds: (trained - begin) / 1_000,
    warmSeconds: (performance.now() - trained) / 1_000,
    rankings: models.lists.kept,
  }
}

async function look(attune: Attune): Promise<Models> {
  return (await call(attune, 'GET', '/v1/models')) as Models
}

/** @throws when it takes too long */
async function waitWhile(
  attune: Attune,
  limitMs: number,
  isBusy: (models: Models) => boolean,
): Promise<Models> {
  for (let waited = 0; waited <= limitMs; waited += POLL_MS) {
    const models = await look(attune)
    if (!isBusy(models)) return models
    await sleep(POLL_MS)
  }
  throw new Error(`the model is not in service after ${limitMs / 60_000} minutes`)
}

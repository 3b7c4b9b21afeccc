import {
  bootstrapIntervals,
  decodeModel,
  type FitContext,
  type TrainingData,
} from '../../models/index.ts'
import { meanOf } from '../evaluate/scores.ts'
import type { BlendTrial } from './blendTrial.ts'
import type { Choice } from './chooseModel.ts'
import type { Judgement, Measured, ServingModel } from './fitJob.ts'
import { isBeyondNoise, pairedGain } from './paired.ts'
import type { TimeCut } from './timeCut.ts'
import { trainableKind } from './trainableKind.ts'

export interface Judging {
  readonly choice: Choice
  /** On people that nothing was chosen on. */
  readonly trial: BlendTrial
  readonly cut: TimeCut
  /** Whether the version in service has not seen what comes after the cut. */
  readonly unseen: boolean
  /** What its recipe is fitted on anew when it has. */
  readonly refit: { readonly data: TrainingData; readonly context: FitContext }
  readonly serving: ServingModel | undefined
}

const NONE = new Float64Array(0)

/** Holds what would be served against what is served: the version in service, or the live counts alone. */
export async function judge(judging: Judging): Promise<Judgement> {
  const { choice, trial, cut, unseen, refit } = judging
  const { weight, model } = choice
  const values = trial.values(model, [0, weight, 1])
  const [live = NONE, blend = NONE, alone = NONE] = [0, weight, 1].map((one) => values.get(one))
  const served = judging.serving && (await servedValues(judging.serving, judging))
  const gain = pairedGain(blend, served ?? live)
  const { seed } = refit.context
  return {
    cut: cut.time ?? null,
    people: blend.length,
    blend: measured(blend, seed),
    alone: measured(alone, seed),
    live: measured(live, seed),
    ...(served && { serving: measured(served, seed), servingRefitted: !unseen }),
    gain,
    better: isBeyondNoise(gain),
  }
}

async function servedValues(serving: ServingModel, judging: Judging): Promise<Float64Array> {
  const { trial, unseen, refit } = judging
  const { recommender, parameters } = decodeModel(serving.file)
  const model = unseen
    ? recommender
    : await trainableKind(recommender.name).fit(refit.data, parameters, refit.context)
  return trial.values(model, [serving.weight]).get(serving.weight) ?? NONE
}

function measured(values: Float64Array, seed: number): Measured {
  const [interval = [Number.NaN, Number.NaN]] = bootstrapIntervals([values], seed)
  return { ndcg: meanOf(values), interval }
}

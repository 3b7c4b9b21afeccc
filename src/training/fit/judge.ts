import {
  bootstrapIntervals,
  decodeModel,
  exceeds,
  type FitContext,
  pairedGain,
  type TrainingData,
} from '../../models/index.ts'
import { meanOf } from '../evaluate/scores.ts'
import type { BlendTrial } from './blendTrial.ts'
import type { Choice, Chosen } from './contest.ts'
import type { Judgement, Measured, ServingModel } from './fitJob.ts'
import { refit } from './refit.ts'
import { speedOf } from './speed.ts'
import type { TimeCut } from './timeCut.ts'

export interface Judging {
  readonly chosen: Chosen
  /** What it was chosen on. */
  readonly trial: BlendTrial
  readonly cut: TimeCut
  /** Whether the version in service has not seen what comes after the cut. */
  readonly unseen: boolean
  /** What its recipe is fitted on anew when it has. */
  readonly again: { readonly data: TrainingData; readonly context: FitContext }
  readonly serving: ServingModel | undefined
  /** Share of the events that are newer than the version in service. */
  readonly newer: number
  /** Milliseconds that this thread has worked. */
  readonly cpu: () => number
}

/** What is to be fitted on everything. */
export type Recipe = Omit<Choice, 'kind'>

export interface Verdict {
  readonly judgement: Judgement
  readonly recipe: Recipe
}

/** Another recipe must be better by so many standard errors: one in twenty that is no better passes (one-sided). */
const BEYOND = 1.64
/** With a smaller share of newer events, the version in service is not worth a fit. */
const WORTH_RENEWING = 0.01
const NONE = new Float64Array(0)

/**
 * Holds what would be served against what is served: the version in service, or the live counts alone. A recipe is only
 * given up for one that is better beyond noise, since among trainings day by day one is lucky now and then; data are
 * always renewed.
 */
export async function judge(judging: Judging): Promise<Verdict> {
  const { chosen, trial, cut, unseen, again, newer } = judging
  const { choice, judged: blend } = chosen
  const values = trial.values(choice.model, [0, 1])
  const [live = NONE, alone = NONE] = [0, 1].map((one) => values.get(one))
  const served = await incumbentIfWhole(judging)
  const gain = pairedGain(blend, served?.values ?? live)
  const better = exceeds(gain, BEYOND)
  const { seed } = again.context
  const judgement = {
    cut: cut.time ?? null,
    people: blend.length,
    blend: measured(blend, seed),
    alone: measured(alone, seed),
    live: measured(live, seed),
    ...(served && { serving: measured(served.values, seed), servingRefitted: !unseen }),
    gain,
    better,
  }
  const renews =
    !better && newer >= WORTH_RENEWING && !exceeds(pairedGain(live, served?.values ?? live), BEYOND)
  if (!renews || served === undefined) return { judgement, recipe: choice }
  const own = {
    blend: measured(served.values, seed),
    alone: measured(served.alone, seed),
    renewed: { rival: choice.kind.name, value: judgement.blend },
  }
  return { judgement: { ...judgement, ...own }, recipe: served.recipe }
}

interface Incumbent {
  readonly recipe: Recipe
  /** ndcg@10 of each person, blended as it is. */
  readonly values: Float64Array
  readonly alone: Float64Array
}

/** A version in service that cannot be read or fitted any more is no hurdle: the live counts are to be beaten then. */
async function incumbentIfWhole(judging: Judging): Promise<Incumbent | undefined> {
  try {
    return judging.serving && (await incumbent(judging.serving, judging))
  } catch {
    return undefined
  }
}

async function incumbent(
  { file, weight }: ServingModel,
  { trial, unseen, again, cpu }: Judging,
): Promise<Incumbent> {
  const { recommender, parameters } = decodeModel(file)
  const { data, context } = again
  const model = unseen ? recommender : await refit(recommender, parameters, data, context)
  const values = trial.values(model, [weight, 1])
  return {
    recipe: { model, parameters, weight, speed: speedOf(model, trial.asked, cpu) },
    values: values.get(weight) ?? NONE,
    alone: values.get(1) ?? NONE,
  }
}

function measured(values: Float64Array, seed: number): Measured {
  const [interval = [Number.NaN, Number.NaN]] = bootstrapIntervals([values], seed)
  return { ndcg: meanOf(values), interval }
}

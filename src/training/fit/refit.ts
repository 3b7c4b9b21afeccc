import type { FitContext, Parameters, Recommender, TrainingData } from '../../models/index.ts'
import { trainableKind } from './trainableKind.ts'

/** The same recipe on other data: what was chosen once is not chosen again. */
export async function refit(
  model: Recommender,
  parameters: Parameters,
  data: TrainingData,
  context: FitContext,
): Promise<Recommender> {
  if (model.refit !== undefined) return model.refit(data, context)
  return trainableKind(model.name).fit(data, parameters, context)
}

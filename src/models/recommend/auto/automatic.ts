import { modelErrors } from '../../errors.ts'
import type { RecommenderKind, TrainingData } from '../recommender.ts'
import { AUTO_FORMAT, loadAuto } from './autoFile.ts'
import { autoKinds } from './autoKinds.ts'
import { fitAuto } from './fitAuto.ts'
import { lastEventCut } from './lastEventCut.ts'

const LIST = 10

/**
 * The automatic model as a kind among others, for data that come without a cut of their own: it hides the last event
 * of each person to choose by, and does not recommend what a person had.
 */
export const automatic: RecommenderKind = {
  name: 'auto',
  title: 'Automatic: a blend of what suits the data, ordered by trees',
  source:
    'Blend by hill climbing (Caruana et al., ICML 2004); second stage as in Covington et al., RecSys 2016.',
  format: AUTO_FORMAT,
  defaults: {},
  bounds: {},
  suits: ({ histories }) => histories.people >= 30,
  fit: async (data: TrainingData, _, context) => {
    const select = lastEventCut(data, context.seed)
    if (select.questions.count < 10) {
      throw modelErrors.MODELS_NONE_FITTED('Too few people have more than one event.')
    }
    const kinds = autoKinds(data)
    const { model } = await fitAuto(data, { kinds, select, k: LIST, context, say: () => {} })
    return model
  },
  load: (sections) => loadAuto(sections),
}

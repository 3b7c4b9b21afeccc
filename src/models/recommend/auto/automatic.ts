import { isJsonObject } from '../../../base/index.ts'
import { modelErrors } from '../../errors.ts'
import type { FitContext, RecommenderKind, TrainingData } from '../recommender.ts'
import { parametersOf, recommenderKind } from '../recommenders.ts'
import { AUTO_FORMAT, loadAuto } from './autoFile.ts'
import { autoKinds } from './autoKinds.ts'
import { AutoModel, type AutoMember } from './autoModel.ts'
import { fitAuto } from './fitAuto.ts'
import { lastEventCut } from './lastEventCut.ts'
import type { MemberSetting } from './members.ts'

const LIST = 10
/** With fewer, nothing can be learnt of how to blend. */
const FEWEST_QUESTIONS = 10
const PLAIN = '[{"name":"item-knn"},{"name":"popularity"}]'

type AutoParameters = {
  /**
   * Members with their parameters that were chosen before, as JSON: [{"name": …, "parameters": {…}}, …]. Empty: they are
   * chosen. Weights and trees are learnt in any case.
   */
  readonly members: string
}

/** What `members` says of an automatic model that was fitted. */
export function membersInJson(model: AutoModel): string {
  return JSON.stringify(
    model.members.map(({ recommender, parameters }) => ({ name: recommender.name, parameters })),
  )
}

/**
 * The members that the parameter of an automatic model names; undefined: it chooses them.
 * @throws MODELS_BAD_PARAMETER, MODELS_UNKNOWN_MODEL
 */
export function memberSettings(members: string): readonly MemberSetting[] | undefined {
  if (members === '') return undefined
  const bad = (cause?: unknown) =>
    modelErrors.MODELS_BAD_PARAMETER('auto: "members" is no list of models in JSON.', { cause })
  let list: unknown
  try {
    list = JSON.parse(members)
  } catch (error) {
    throw bad(error)
  }
  if (!Array.isArray(list)) throw bad()
  return list.map((entry: unknown) => {
    if (!isJsonObject(entry) || typeof entry['name'] !== 'string') throw bad()
    const kind = recommenderKind(entry['name'])
    const given = entry['parameters'] ?? {}
    if (!isJsonObject(given)) throw bad()
    return { kind, parameters: parametersOf(kind, given) }
  })
}

/**
 * The automatic model as a kind among others. It chooses by the questions of the context; where there are none it hides
 * the last event of each person to choose by, and does not recommend what a person had.
 */
export const automatic: RecommenderKind<AutoParameters> = {
  name: 'auto',
  title: 'Automatic: a blend of what suits the data, ordered by trees',
  source:
    'Blend by hill climbing (Caruana et al., ICML 2004); second stage as in Covington et al., RecSys 2016.',
  format: AUTO_FORMAT,
  defaults: { members: '' },
  bounds: {},
  suits: ({ histories }) => histories.people >= 30,
  fit: async (data: TrainingData, { members }, context) => {
    const settings = memberSettings(members)
    const { choosing } = context
    const select =
      choosing === undefined
        ? lastEventCut(data, context.seed)
        : { data, questions: choosing.questions }
    if (select.questions.count < FEWEST_QUESTIONS) return plainBlend(data, settings, context)
    const kinds = autoKinds(data)
    const { model } = await fitAuto(data, {
      kinds,
      ...(settings && { settings }),
      select,
      k: LIST,
      context,
      say: () => {},
      ...choosing,
    })
    return model
  },
  load: (sections) => loadAuto(sections),
}

/** What few data allow: neighbours of what a person had, then what most people had. */
async function plainBlend(
  data: TrainingData,
  settings: readonly MemberSetting[] | undefined,
  context: FitContext,
): Promise<AutoModel> {
  const members: AutoMember[] = []
  for (const { kind, parameters } of settings ?? memberSettings(PLAIN) ?? []) {
    const recommender = await kind.fit(data, parameters, context)
    members.push({ recommender, parameters, weight: members.length === 0 ? 1 : 0.1 })
  }
  const candidates = { perMember: 150, depth: 150, masked: true }
  return new AutoModel(data.histories.items, members, candidates)
}

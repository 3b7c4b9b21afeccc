export { DecayedCounts } from './recommend/decayedCounts.ts'
export {
  cutHistories,
  type Histories,
  type History,
  historyOf,
  interactionMatrix,
  onePerson,
  selectPeople,
} from './recommend/histories.ts'
export { ItemRelation, type RelationOptions } from './recommend/itemRelation.ts'
export { decodeModel, encodeModel } from './recommend/modelFile.ts'
export { forEachScored, type RankedLists, type RankOptions, recommend } from './recommend/rank.ts'
export type {
  FitContext,
  ItemAttributes,
  Parameters,
  Recommender,
  RecommenderKind,
  ScorePart,
  TrainingData,
} from './recommend/recommender.ts'
export { parametersOf, recommenderKind, RECOMMENDERS } from './recommend/recommenders.ts'
export { type Section, SectionReader, sectionsOf } from './recommend/savedState.ts'
export { trendingItems, type TrendingOptions } from './recommend/trending.ts'
